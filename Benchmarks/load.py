#!/usr/bin/env python3
"""One run of workload W against a server that is already running; prints one JSON line.

A run sends N webhooks from C connections, each connection one after the other, waits until as many
executions have ended, and tells executions per second, the time to the answer, CPU, memory and disk.
Everything stays on this machine. The figures include HTTP and exclude the CPU of this program, which
shares the machine's cores with the server.
"""
import argparse
import asyncio
import json
import subprocess
import time

import psutil

LIMIT_SECONDS = 240


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--port", type=int, default=8787, help="of the server (default %(default)s)")
    parser.add_argument("--path", default="/hooks/w/async", help="the webhook (default %(default)s)")
    parser.add_argument("--token", required=True, help="admin token, to read /metrics")
    parser.add_argument("--pid", type=int, required=True, help="the server's process")
    parser.add_argument("--data", required=True, help="the server's data folder")
    parser.add_argument("--n", type=int, default=2000, help="webhooks (default %(default)s)")
    parser.add_argument("--c", type=int, default=32, help="connections (default %(default)s)")
    parser.add_argument("--label", default="", help="copied to the output")
    return parser.parse_args()


def body(number):
    """About 160 bytes, as every peer got."""
    order = {"sku": f"A-{number}", "qty": 3, "note": "x" * 100}
    return json.dumps({"id": number, "order": order}).encode()


async def exchange(reader, writer, method, path, content=b"", extra=""):
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    head += f"{extra}Content-Length: {len(content)}\r\n\r\n"
    writer.write(head.encode() + content)
    answer = await reader.readuntil(b"\r\n\r\n")
    length = 0
    for line in answer.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            length = int(line[15:])
    return int(answer[9:12]), await reader.readexactly(length) if length else b""


class Server:
    """What the run reads about the server."""

    def __init__(self, options):
        self.port, self.token, self.data = options.port, options.token, options.data
        self.process = psutil.Process(options.pid)

    async def ended(self):
        """Executions that ended since the server's start, by reason."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        extra = f"Authorization: Bearer {self.token}\r\n"
        status, text = await exchange(reader, writer, "GET", "/metrics", extra=extra)
        writer.close()
        assert status == 200, f"/metrics answered {status}"
        found = {}
        for line in text.decode().splitlines():
            if line.startswith("backstop_executions_finished_total{"):
                name, value = line.split(" ")
                found[name.split('"')[1]] = int(value)
        return found

    def cpu(self):
        times = self.process.cpu_times()
        return times.user + times.system

    def memory(self):
        return self.process.memory_full_info().pss

    def disk(self):
        text = subprocess.run(["du", "-sB1", self.data], capture_output=True, text=True, check=True)
        return int(text.stdout.split()[0])


def busy():
    times = psutil.cpu_times()
    return times.user + times.nice + times.system + times.irq + times.softirq


def own():
    return sum(psutil.Process().cpu_times()[:2])


async def run(options):
    server = Server(options)
    numbers, waits, bad = iter(range(options.n)), [], 0
    before = await server.ended()
    disk, cpu, machine, mine = server.disk(), server.cpu(), busy(), own()
    start = time.perf_counter()
    peak, is_over = server.memory(), False

    async def sample():
        nonlocal peak
        while not is_over:
            peak = max(peak, server.memory())
            await asyncio.sleep(0.5)

    async def caller():
        nonlocal bad
        reader, writer = await asyncio.open_connection("127.0.0.1", options.port)
        for number in numbers:
            if time.perf_counter() - start > LIMIT_SECONDS:
                break
            sent = time.perf_counter()
            status, _ = await exchange(reader, writer, "POST", options.path, body(number))
            bad += status not in (200, 202)
            waits.append(time.perf_counter() - sent)
        writer.close()

    sampler = asyncio.create_task(sample())
    await asyncio.gather(*[caller() for _ in range(options.c)])
    answered = time.perf_counter() - start
    wanted = sum(before.values()) + len(waits) - bad
    while sum((after := await server.ended()).values()) < wanted:
        if time.perf_counter() - start > LIMIT_SECONDS:
            break
        await asyncio.sleep(0.02)
    total = time.perf_counter() - start
    spent, machine, mine = server.cpu() - cpu, busy() - machine, own() - mine
    is_over = True
    await sampler
    waits.sort()
    count = sum(after.values()) - sum(before.values())
    failed = count - (after["succeeded"] - before["succeeded"])

    def quantile(share):
        return round(waits[min(len(waits) - 1, int(len(waits) * share))] * 1e3, 2)

    return {
        "label": options.label,
        "path": options.path,
        "n": count,
        "c": options.c,
        "exec_s": round(count / total, 1),
        "ack_s": round(len(waits) / answered, 1),
        "p50_ms": quantile(0.5),
        "p99_ms": quantile(0.99),
        "bad": bad,
        "failed": failed,
        "cpu_ms_per_exec": round(spent * 1e3 / max(count, 1), 3),
        "load_cpu_ms_per_exec": round(mine * 1e3 / max(count, 1), 3),
        "peak_pss_mb": round(peak / 2**20, 1),
        "disk_b_per_exec": round((server.disk() - disk) / max(count, 1)),
        "foreign": round(max(0, machine - spent - mine) / total / psutil.cpu_count(), 2),
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(run(arguments()))))
