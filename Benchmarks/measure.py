#!/usr/bin/env python3
"""Starts the release build on a fresh data folder and measures workload W; see README.md."""
import argparse
import json
import os
import pathlib
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

import psutil

HERE = pathlib.Path(__file__).resolve().parent
TARGETS = {
    "async exec/s, c=32": (">=", 4000),
    "CPU ms/exec": ("<=", 0.4),
    "sync p50 ms, c=1": ("<=", 3),
    "ack p99 ms, c=32": ("<=", 20),
    "disk B/exec": ("<=", 2048),
    "first response ms": ("<=", 100),
    "idle PSS MB": ("<=", 60),
}


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Server:
    def __init__(self, binary, data):
        self.data, self.port = data, free_port()
        self.token = "benchmark-" + "t" * 40
        self.log = open(data / "log", "ab")
        command = [binary, "serve", "--project", HERE / "project", "--data", data]
        command += ["--port", str(self.port), "--log-level", "warning"]
        self.started = time.perf_counter()
        environment = {**os.environ, "BACKSTOP_ADMIN_TOKEN": self.token}
        self.process = subprocess.Popen(
            command, stdout=self.log, stderr=self.log, env=environment
        )

    def first_answer(self):
        """Milliseconds from the start of the process to the first 200 of a call that waits."""
        url = f"http://127.0.0.1:{self.port}/hooks/w/sync"
        content = json.dumps({"id": 1, "order": {"sku": "A"}}).encode()
        headers = {"Content-Type": "application/json"}
        while True:
            try:
                request = urllib.request.Request(url, content, headers, method="POST")
                with urllib.request.urlopen(request, timeout=5):
                    return (time.perf_counter() - self.started) * 1e3
            except (urllib.error.URLError, ConnectionError):
                if self.process.poll() is not None or time.perf_counter() - self.started > 20:
                    sys.exit(f"the server did not start; see {self.data / 'log'}")
                time.sleep(0.002)

    def load(self, path, n, c, label=""):
        command = [sys.executable, HERE / "load.py", "--port", str(self.port), "--path", path]
        command += ["--token", self.token, "--pid", str(self.process.pid), "--data", self.data]
        command += ["--n", str(n), "--c", str(c), "--label", label]
        line = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
        print("   ", json.dumps(line), flush=True)
        if line["bad"] or line["failed"]:
            sys.exit("not every call was accepted, or not every execution succeeded")
        return line

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)
        self.log.close()


def say(text):
    print(f"==> {text}", flush=True)


def measure(options, data):
    starts = []
    say("start to first answer, 5 times on a fresh folder")
    for number in range(5):
        folder = data / f"start{number}"
        folder.mkdir()
        server = Server(options.binary, folder)
        starts.append(server.first_answer())
        server.stop()
    folder = data / "w"
    folder.mkdir()
    server = Server(options.binary, folder)
    server.first_answer()
    idle = psutil.Process(server.process.pid).memory_full_info().pss / 2**20
    lines = []
    say("warm-up")
    server.load("/hooks/w/async", 1000, 16, "warm-up")
    say(f"async, 32 callers, {options.n} executions, {options.rounds} rounds")
    runs = [server.load("/hooks/w/async", options.n, 32, "async") for _ in range(options.rounds)]
    say("sync, 1 caller")
    alone = server.load("/hooks/w/sync", 500, 1, "sync c=1")
    say("sync, 16 callers")
    together = server.load("/hooks/w/sync", max(1000, options.n // 4), 16, "sync c=16")
    say("async with two failures of the third step, 32 callers")
    failing = server.load("/hooks/w/failing", max(1000, options.n // 2), 32, "fail x2")
    lines += runs + [alone, together, failing]
    growth = []
    if options.grow:
        say(f"growth to {options.grow} finished executions")
        have = 1000 + sum(line["n"] for line in lines)
        growth.append((1000, runs[0]["exec_s"]))
        while have < options.grow:
            line = server.load("/hooks/w/async", min(20000, options.grow - have), 32, "grow")
            lines.append(line)
            growth.append((have, line["exec_s"]))
            have += line["n"]
    server.stop()

    def median(key):
        return statistics.median(line[key] for line in runs)

    figures = {
        "async exec/s, c=32": median("exec_s"),
        "CPU ms/exec": median("cpu_ms_per_exec"),
        "sync p50 ms, c=1": alone["p50_ms"],
        "ack p99 ms, c=32": median("p99_ms"),
        "disk B/exec": median("disk_b_per_exec"),
        "first response ms": round(statistics.median(starts), 1),
        "idle PSS MB": round(idle, 1),
    }
    row = {
        "peer": "backstop (this run)",
        "async": median("exec_s"),
        "ack": [median("p50_ms"), median("p99_ms")],
        "sync1": [alone["p50_ms"], alone["p99_ms"]],
        "sync16": [together["exec_s"], together["p50_ms"], together["p99_ms"]],
        "fail": failing["exec_s"],
        "cpu": median("cpu_ms_per_exec"),
        "pss": max(line["peak_pss_mb"] for line in lines),
        "disk": median("disk_b_per_exec"),
        "cold": round(statistics.median(starts)),
    }
    return figures, row, growth, lines


def table(rows):
    heads = ["peer", "async exec/s", "ack p50/p99 ms", "sync c=1 p50/p99 ms"]
    heads += ["sync c=16 exec/s, p50/p99 ms", "fail x2 exec/s", "CPU ms/exec", "peak MB"]
    heads += ["disk B/exec", "cold ms"]
    text = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    for row in rows:
        cells = [row["peer"], row["async"], "{} / {}".format(*row["ack"])]
        cells += ["{} / {}".format(*row["sync1"]), "{}, {} / {}".format(*row["sync16"])]
        cells += [row["fail"], row["cpu"], row["pss"], row["disk"], row["cold"]]
        text.append("| " + " | ".join(str(cell) for cell in cells) + " |")
    return "\n".join(text)


def report(figures, row, growth, options):
    peers = json.loads((HERE / "peers.json").read_text())
    text = ["| figure | reached | wanted | |", "|---|---|---|---|"]
    for name, (sign, wanted) in TARGETS.items():
        value = figures[name]
        reached = value >= wanted if sign == ">=" else value <= wanted
        text.append(f"| {name} | {value} | {sign} {wanted} | {'yes' if reached else '**no**'} |")
    text += ["", table([row] + peers["rows"]), ""]
    if growth:
        text += ["| finished executions before the run | async exec/s |", "|---|---|"]
        text += [f"| {have} | {rate} |" for have, rate in growth]
    text.append("")
    text.append(f"async: median of {options.rounds} runs of {options.n}. Peers: {peers['source']}")
    return "\n".join(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True, help="a release build of backstop")
    parser.add_argument("--n", type=int, default=8000, help="executions a run (default %(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="of the async run (default %(default)s)")
    parser.add_argument("--grow", type=int, default=0, help="go on to so many finished executions")
    parser.add_argument("--out", help="write the raw lines here (JSON lines)")
    parser.add_argument("--keep", action="store_true", help="keep the data folder")
    options = parser.parse_args()
    data = pathlib.Path(tempfile.mkdtemp(prefix="backstop-benchmark-"))
    try:
        figures, row, growth, lines = measure(options, data)
    finally:
        if options.keep:
            say(f"kept {data}")
        else:
            shutil.rmtree(data, ignore_errors=True)
    print("\n" + report(figures, row, growth, options))
    if options.out:
        with open(options.out, "w") as out:
            out.writelines(json.dumps(line) + "\n" for line in lines)


if __name__ == "__main__":
    main()
