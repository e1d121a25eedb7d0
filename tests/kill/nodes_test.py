#!/usr/bin/env python3
"""Two nodes on one PostgreSQL: every message leaves once, whichever node claims it, also when one of them is killed.

Starts a throw-away PostgreSQL 15 on loopback, an SMTP sink and two servers; writes through both, kills one in the middle,
and waits until everything has left. Needs $ONWARD_BIN and $ONWARD_SINK. Ends with `N passed, N failed`.
"""
import collections
import os
import pwd
import random
import shutil
import subprocess
import sys
import tempfile
import time

from kill_test import Client, Server, free_port, set_up, sink_lines

POSTGRES = "/usr/lib/postgresql/15/bin"
CONVERSATIONS = 300


class Postgres:
    def __init__(self, directory):
        self.data, self.port = os.path.join(directory, "pg"), free_port()
        os.mkdir(self.data)
        os.chmod(directory, 0o755)
        if os.getuid() == 0:
            shutil.chown(self.data, "postgres")
        self.run(f"{POSTGRES}/initdb", "-D", self.data, "-A", "trust", "-U", "onward", "--no-locale", "-E", "UTF8")
        with open(os.path.join(self.data, "postgresql.conf"), "a") as conf:
            conf.write(f"listen_addresses='127.0.0.1'\nport={self.port}\nunix_socket_directories='{self.data}'\n")
        self.run(f"{POSTGRES}/pg_ctl", "-D", self.data, "-l", os.path.join(self.data, "log"), "-w", "start")
        self.run(f"{POSTGRES}/createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "onward", "onward")
        self.url = f"postgres://onward@127.0.0.1:{self.port}/onward"

    def run(self, *command):
        user = {"user": pwd.getpwnam("postgres").pw_uid, "group": pwd.getpwnam("postgres").pw_gid, "extra_groups": []} if os.getuid() == 0 else {}
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/", **user)

    def stop(self):
        self.run(f"{POSTGRES}/pg_ctl", "-D", self.data, "-m", "immediate", "-w", "stop")


def main():
    rng = random.Random(3)
    binary, sink_binary = os.environ["ONWARD_BIN"], os.environ["ONWARD_SINK"]
    work = tempfile.mkdtemp(prefix="onward-nodes-")
    record = os.path.join(work, "sink.jsonl")
    postgres = Postgres(work)
    os.environ["ONWARD_DATABASE"] = postgres.url
    os.environ["ONWARD_SECRET_KEY"] = "the same on every node"
    sink_port = free_port()
    sink = subprocess.Popen([sink_binary, "--port", str(sink_port), "--out", record], stdout=subprocess.DEVNULL)
    log = open(os.path.join(work, "server.log"), "wb")
    nodes = [Server(binary, os.path.join(work, f"node{i}"), free_port(), log) for i in range(2)]
    passed = failed = 0

    def expect(ok, what):
        nonlocal passed, failed
        passed, failed = passed + ok, failed + (not ok)
        if not ok:
            print("FAILED:", what)

    try:
        for node in nodes:
            node.start()
        key = subprocess.run([binary, "key", "create", "--data", nodes[0].data, "--role", "owner"], capture_output=True, text=True, check=True).stdout.strip()
        clients = [Client(node.port, key) for node in nodes]
        advisors = set_up(clients[0], sink_port)
        made = []
        for i in range(CONVERSATIONS):
            client = clients[i % 2]
            contact = client.must("POST", "/contacts", {"name": f"Person {i}", "emails": [f"p{i}@people.example"], "language": "en", "zone": "Europe/Paris"})
            made.append(client.must("POST", "/conversations", {"contact_id": contact["id"], "type": "prospect", "channel": "web", "owner_id": rng.choice(advisors)})["id"])
        nodes[1].kill()
        killed = time.monotonic()
        states = collections.Counter()
        while time.monotonic() - killed < 90:
            states = collections.Counter()
            for c in made:
                for t in clients[0].must("GET", f"/touches?conversation_id={c}")["data"]:
                    if t["step"] == "hello":
                        states[t["state"]] += 1
            if states["planned"] + states["approved"] == 0:
                break
            time.sleep(1)
        messages = collections.Counter(m["message_id"] for m in sink_lines(record))
        print(f"two nodes, {len(made)} conversations, messages {sum(messages.values())}, states {dict(states)}")
        expect(sum(states.values()) == len(made), "every conversation has its message")
        expect(all(n == 1 for n in messages.values()), "no message left twice")
        expect(states["planned"] + states["approved"] == 0, "the node that is left sends what the other one cannot")
        expect(states["sent"] <= len(messages) and len(messages) <= states["sent"] + states["sending"] + states["in_doubt"],
               "what left is recorded as sent, or held as in doubt")
    finally:
        for node in nodes:
            if node.process and node.process.poll() is None:
                node.kill()
        sink.kill()
        sink.wait()
        postgres.stop()
        log.close()
        shutil.rmtree(work, ignore_errors=True)
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
