"""Kills `backstop serve` at random moments under load and checks the durability contract.

Each round starts the real binary on the same data folder, sends webhooks from several threads, and
kills the process with SIGKILL after a random time. A counting service stands behind the workflow's
three steps. At the end every acknowledged execution must have ended exactly once and well, and the
calls of each execution must never go back: once step n+1 was called, step n was journaled, so that
it must not be called again. A step may repeat only while it was in flight at a kill.
"""

import argparse
import http.client
import http.server
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

WORKFLOW = """
workflow: three
trigger: { webhook: { respond: immediately } }
steps:
%s
"""
STEP = """
  - id: s{n}
    run: http.post
    retry: {{ times: 5, delay: 20ms, jitter: 0 }}
    with:
      url: "http://127.0.0.1:{port}/step/{n}"
      json: {{ execution: "${{ $execution.id }}" }}
"""
TOKEN = "crash-test-admin-token"


class Witness(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.lock = threading.Lock()
        self.calls = {}

    def handle_error(self, request, client_address):
        """A caller that was killed hangs up: that is what this test is about."""


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        number = int(self.path.rsplit("/", 1)[1])
        with self.server.lock:
            self.server.calls.setdefault(body["execution"], []).append(number)
        answer = b'{"ok":true}'
        try:
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)
        except OSError:
            pass

    def log_message(self, *_):
        pass


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    def __init__(self, binary, project, data, port):
        self.port = port
        environment = dict(os.environ, BACKSTOP_ADMIN_TOKEN=TOKEN)
        self.log = open(os.path.join(data, "serve.log"), "ab")
        self.process = subprocess.Popen(
            [binary, "serve", "--project", project, "--data", data, "--port", str(port),
             "--log-level", "critical"],
            stdout=subprocess.PIPE, stderr=self.log, env=environment)
        line = self.process.stdout.readline()
        if b"is ready" not in line:
            sys.exit(f"the server did not start: {line!r}; see {self.log.name}")

    def end(self, how):
        self.process.send_signal(how)
        self.process.wait()
        self.process.stdout.close()
        self.log.close()


def ask(port, method, path, body=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    headers = {"authorization": f"Bearer {TOKEN}", "content-type": "application/json"}
    connection.request(method, path, body=body, headers=headers)
    answer = connection.getresponse()
    data = json.loads(answer.read())
    connection.close()
    return answer.status, data


def load(port, stop, acknowledged):
    while not stop.is_set():
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            while not stop.is_set():
                connection.request("POST", "/hooks/three", body=b'{"a":1}',
                                   headers={"content-type": "application/json"})
                answer = connection.getresponse()
                data = answer.read()
                if answer.status == 202:
                    acknowledged.append(json.loads(data)["id"])
        except (OSError, http.client.HTTPException, ValueError):
            time.sleep(0.005)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--binary", default=".build/debug/backstop")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    options = parser.parse_args()
    chance = random.Random(options.seed)
    print(f"seed {options.seed}, {options.rounds} rounds", flush=True)
    witness = Witness()
    threading.Thread(target=witness.serve_forever, daemon=True).start()
    folder = tempfile.mkdtemp(prefix="backstop-crash-")
    data = os.path.join(folder, "data")
    project = os.path.join(folder, "project")
    os.makedirs(os.path.join(project, "solutions", "crash"))
    os.makedirs(data)
    with open(os.path.join(project, "backstop.yaml"), "w") as file:
        file.write("allowed_hosts: [127.0.0.1]\n")
    steps = "".join(STEP.format(n=n, port=witness.server_port) for n in (1, 2, 3))
    with open(os.path.join(project, "solutions", "crash", "three.yaml"), "w") as file:
        file.write(WORKFLOW % steps)

    acknowledged = []
    port = free_port()
    started = time.monotonic()
    for number in range(options.rounds):
        server = Server(options.binary, project, data, port)
        stop = threading.Event()
        threads = [threading.Thread(target=load, args=(port, stop, acknowledged))
                   for _ in range(3)]
        for thread in threads:
            thread.start()
        time.sleep(chance.uniform(0.0, 0.12))
        server.end(signal.SIGKILL)
        stop.set()
        for thread in threads:
            thread.join()
        if (number + 1) % 20 == 0:
            print(f"  round {number + 1}: {len(acknowledged)} acknowledged,"
                  f" {time.monotonic() - started:.0f} s", flush=True)
    check(options, project, data, port, acknowledged, witness)
    shutil.rmtree(folder)


def check(options, project, data, port, acknowledged, witness):
    server = Server(options.binary, project, data, port)
    deadline = time.monotonic() + 240
    for status in ("queued", "running", "waiting"):
        while ask(port, "GET", f"/v1/executions?status={status}&limit=1")[1]["executions"]:
            if time.monotonic() > deadline:
                sys.exit(f"executions are still {status} after 240 s")
            time.sleep(0.1)
    faults = []
    ended = {}
    cursor = ""
    while True:
        _, page = ask(port, "GET", "/v1/executions?limit=500" + cursor)
        for execution in page["executions"]:
            if execution["id"] in ended:
                faults.append(f"{execution['id']} is listed twice")
            ended[execution["id"]] = execution.get("reason")
        if "next_cursor" not in page:
            break
        cursor = "&cursor=" + page["next_cursor"]
    server.end(signal.SIGTERM)
    for identifier in acknowledged:
        if ended.get(identifier) != "succeeded":
            faults.append(f"{identifier} was acknowledged and is {ended.get(identifier)}")
    repeats = 0
    for identifier, calls in witness.calls.items():
        if calls != sorted(calls):
            faults.append(f"{identifier}: a complete step ran again: {calls}")
        repeats += len(calls) - len(set(calls))
        if identifier not in ended:
            faults.append(f"{identifier} ran and is not in the store")
    for fault in faults[:20]:
        print(f"FAULT: {fault}")
    print(f"{len(acknowledged)} acknowledged, {len(ended)} ended, {repeats} steps in flight at a"
          f" kill were repeated, {len(faults)} faults")
    if faults or not acknowledged:
        sys.exit(f"run it again with --seed {options.seed}")


if __name__ == "__main__":
    main()
