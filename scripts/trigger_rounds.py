"""Kills `backstop serve` while three instances of three end users poll for leads.

The sandbox plays the CRM; leads arrive all the time. After the last kill every lead must have run
exactly once for each instance, with that instance's own values, and its contact must have arrived.
"""

import argparse
import http.client
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

from crash_rounds import Server, ask, free_port

CRM = {"authorization": "Bearer sandbox-token-crm", "content-type": "application/json"}
USERS = ("ada", "bob", "eve")


def sandbox(port, method, path, body=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, path, body=json.dumps(body) if body else None, headers=CRM)
    data = json.loads(connection.getresponse().read())
    connection.close()
    return data


def made(port, path, body):
    status, data = ask(port, "POST", path, json.dumps(body))
    if status not in (200, 201):
        sys.exit(f"POST {path}: {status} {data}")
    return data["id"]


def instances(port):
    found = {}
    for user in USERS:
        owner = made(port, "/v1/end-users", {"external_id": user})
        auth = {
            service: made(port, "/v1/authentications", {
                "owner": owner, "service": service, "name": service, "kind": "bearer",
                "fields": {"token": "sandbox-token-crm"}})
            for service in ("salesforce", "crm")}
        found[user] = made(port, "/v1/instances", {
            "end_user": owner, "solution": "lead-sync", "auth": auth,
            "config": {"list_id": f"list-{user}"}, "enable": True})
    return found


def leads(port, stop, sent):
    while not stop.is_set():
        number = len(sent)
        sandbox(port, "POST", "/crm/leads", {"Email": f"lead-{number}@example.com"})
        sent.append(number)
        time.sleep(0.1)


def executions(port, instance):
    found, cursor = [], ""
    while True:
        _, page = ask(port, "GET", f"/v1/executions?instance={instance}&limit=500{cursor}")
        found += page["executions"]
        if "next_cursor" not in page:
            return found
        cursor = "&cursor=" + page["next_cursor"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--binary", default=".build/debug/backstop")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    options = parser.parse_args()
    chance = random.Random(options.seed)
    print(f"seed {options.seed}, {options.rounds} rounds", flush=True)
    folder = tempfile.mkdtemp(prefix="backstop-triggers-")
    data = os.path.join(folder, "data")
    os.makedirs(data)
    project = os.path.join(folder, "project")
    shutil.copytree("examples/lead-sync", project)
    world, port = free_port(), free_port()
    account = os.path.join(project, "backstop.yaml")
    with open(account) as file:
        text = file.read().replace("8788", str(world))
    with open(account, "w") as file:
        file.write(text)
    services = subprocess.Popen(
        [options.binary, "sandbox", "--port", str(world)], stdout=subprocess.PIPE)
    try:
        services.stdout.readline()
        rounds(options, chance, project, data, world, port)
    finally:
        services.terminate()
        services.wait()
    shutil.rmtree(folder)


def rounds(options, chance, project, data, world, port):
    server = Server(options.binary, project, data, port)
    found = instances(port)
    stop, sent = threading.Event(), []
    feeder = threading.Thread(target=leads, args=(world, stop, sent))
    feeder.start()
    for _ in range(options.rounds):
        # A poll comes every second and takes a part of it.
        time.sleep(chance.uniform(0.5, 2.5))
        server.end(signal.SIGKILL)
        server = Server(options.binary, project, data, port)
    stop.set()
    feeder.join()
    total = len(sandbox(world, "GET", "/crm/leads?limit=200")["records"])
    # What was claimed at a kill comes due again after 75 s.
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline:
        counts = [len([row for row in executions(port, name) if row["status"] == "finished"])
                  for name in found.values()]
        if min(counts) >= total:
            break
        time.sleep(0.5)
    faults = []
    for user, name in found.items():
        rows = executions(port, name)
        bad = [row["id"] for row in rows if row.get("reason") != "succeeded"]
        if len(rows) != total or bad:
            faults.append(f"{user}: {len(rows)} executions of {total} leads, not well: {bad}")
    journal = sandbox(world, "GET", "/_sandbox/requests?service=crm&limit=1000")["requests"]
    contacts = {}
    for row in journal:
        if row["path"] == "/crm/contacts" and row["status"] in (200, 201):
            body = row["body"] if isinstance(row["body"], dict) else json.loads(row["body"])
            contacts.setdefault(body["list"], set()).add(body["email"])
    server.end(signal.SIGTERM)
    for fault in faults:
        print(f"FAULT: {fault}")
    print(f"{total} leads, {len(found)} instances, {options.rounds} kills; contacts by list:"
          f" { {name: len(emails) for name, emails in sorted(contacts.items())} }")
    if faults or set(contacts) != {f"list-{user}" for user in USERS}:
        sys.exit(f"run it again with --seed {options.seed}")


if __name__ == "__main__":
    main()
