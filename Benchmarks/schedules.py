"""Many instances with a one-minute schedule each, on one process: is a run missed or doubled?

    python3 Benchmarks/schedules.py --binary .build/release/backstop --instances 10000 --minutes 5

Reports the runs, how late they started, and the memory and processor time of the process.
"""

import argparse
import collections
import concurrent.futures
import datetime
import json
import os
import shutil
import signal
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "scripts"))
from crash_rounds import Server, ask, free_port  # noqa: E402

WORKFLOW = """
workflow: tick
trigger: { schedule: { every: 1m } }
steps:
  - set: { at: "${ $trigger.scheduled_at }" }
"""
SOLUTION = "solution: many\nversion: 1.0.0\n"


def make(port, number):
    _, user = ask(port, "POST", "/v1/end-users", json.dumps({"external_id": f"user-{number}"}))
    status, made = ask(port, "POST", "/v1/instances", json.dumps(
        {"end_user": user["id"], "solution": "many", "enable": True}))
    if status not in (200, 201):
        sys.exit(f"no instance: {status} {made}")
    return made["id"]


def resources(pid):
    """Resident MiB, and seconds of processor time."""
    with open(f"/proc/{pid}/status") as file:
        kib = next(int(line.split()[1]) for line in file if line.startswith("VmRSS:"))
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    ticks = int(fields[11]) + int(fields[12])
    return kib / 1024, ticks / os.sysconf("SC_CLK_TCK")


def runs(port):
    cursor = ""
    while True:
        _, page = ask(port, "GET", "/v1/executions?limit=500" + cursor)
        yield from page["executions"]
        if "next_cursor" not in page:
            return
        cursor = "&cursor=" + page["next_cursor"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", default=".build/release/backstop")
    parser.add_argument("--instances", type=int, default=10_000)
    parser.add_argument("--minutes", type=int, default=5)
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="backstop-schedules-")
    project, data = os.path.join(folder, "project"), os.path.join(folder, "data")
    os.makedirs(os.path.join(project, "solutions", "many"))
    os.makedirs(data)
    for name, text in (("backstop.yaml", "title: Many\n"),
                       ("solutions/many/solution.yaml", SOLUTION),
                       ("solutions/many/tick.yaml", WORKFLOW)):
        with open(os.path.join(project, name), "w") as file:
            file.write(text)
    port = free_port()
    server = Server(options.binary, project, data, port)
    begun = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: make(port, number), range(options.instances)))
    print(f"{options.instances} instances made in {time.monotonic() - begun:.0f} s", flush=True)
    # From the next whole minute but one, when every instance is there.
    first = (int(time.time()) // 60 + 2) * 60
    last = first + (options.minutes - 1) * 60
    time.sleep(first - 1 - time.time())
    memory, before = resources(server.process.pid)
    most = memory
    while time.time() < last + 30:
        most = max(most, resources(server.process.pid)[0])
        time.sleep(1)
    spent = resources(server.process.pid)[1] - before
    counts, late, bad = collections.Counter(), [], 0
    for row in runs(port):
        made = datetime.datetime.fromisoformat(row["created_at"].replace("Z", "+00:00")).timestamp()
        due = made // 60 * 60
        if not first <= due <= last:
            continue
        counts[(row["instance"], due)] += 1
        late.append(made - due)
        bad += row.get("reason") != "succeeded"
    server.end(signal.SIGTERM)
    shutil.rmtree(folder)
    wanted = options.instances * options.minutes
    doubled = sum(count - 1 for count in counts.values())
    late.sort()
    print(f"{sum(counts.values())} runs of {wanted}: {wanted - len(counts)} missed,"
          f" {doubled} doubled, {bad} not well")
    if late:
        print(f"started after the minute: median {late[len(late) // 2]:.2f} s,"
              f" 99 % {late[len(late) * 99 // 100]:.2f} s, longest {late[-1]:.2f} s"
              " (the jitter is up to 6 s)")
    seconds = last + 30 - first
    print(f"memory {memory:.0f} MiB at first, at most {most:.0f} MiB;"
          f" processor {spent:.1f} s in {seconds:.0f} s ({100 * spent / seconds:.0f} % of one)")
    if doubled or bad or len(counts) != wanted:
        sys.exit(1)


if __name__ == "__main__":
    main()
