#!/usr/bin/env python3
"""Kills the built server with SIGKILL at random moments under load and counts what was lost or doubled.

usage: kill_test.py [--kills 200] [--seed 1]
Needs $ONWARD_BIN (build/onward) and $ONWARD_SINK (onward-smtp-sink). Every write that was answered 2xx is remembered and
must be there at the end; every message the sink took is recorded by its Message-ID and must be there once. Ends with
one line, `N passed, N failed`.
"""
import argparse
import collections
import http.client
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

MAILBOXES = 20


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Server:
    def __init__(self, binary, data, port, log):
        self.binary, self.data, self.port, self.log, self.process = binary, data, port, log, None

    def start(self):
        began = time.monotonic()
        self.process = subprocess.Popen(
            [self.binary, "serve", "--data", self.data, "--listen", f"127.0.0.1:{self.port}"],
            stdout=subprocess.PIPE, stderr=self.log)
        line = self.process.stdout.readline().decode()
        if "Onward is ready" not in line:
            raise SystemExit("the server did not start")
        return time.monotonic() - began

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()


class Client:
    def __init__(self, port, key):
        self.port, self.key, self.connection = port, key, None

    def call(self, method, path, body=None, idempotency=None):
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        headers = {"Authorization": f"Bearer {self.key}"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if idempotency:
            headers["Idempotency-Key"] = idempotency
        try:
            self.connection.request(method, "/api/v1" + path, json.dumps(body) if body is not None else None, headers)
            answer = self.connection.getresponse()
            return answer.status, json.loads(answer.read() or b"null")
        except (OSError, http.client.HTTPException):
            self.connection.close()
            self.connection = None
            return 0, None

    def must(self, method, path, body=None):
        status, answer = self.call(method, path, body)
        if status not in (200, 201):
            raise SystemExit(f"{method} {path}: {status} {json.dumps(answer)[:400]}")
        return answer


def set_up(client, sink_port):
    agency = client.must("POST", "/agencies", {"name": "A", "zone": "Europe/Paris", "country": "FR"})["id"]
    advisors = []
    for i in range(MAILBOXES):
        mailbox = client.must("POST", "/mailboxes", {
            "address": f"a{i}@onward.example", "name": f"Advisor {i}", "host": "127.0.0.1", "port": sink_port, "security": "none",
            "gap_s": i % 2, "zone": "Europe/Paris"})["id"]  # half of them have a backlog, half may send at once after a restart
        advisors.append(client.must("POST", "/advisors", {
            "name": f"Advisor {i}", "email": f"a{i}@onward.example", "agency_id": agency, "zone": "Europe/Paris",
            "mailbox_id": mailbox})["id"])
    client.must("POST", "/assets", {
        "kind": "template", "key": "hello", "title": "Hello", "language": "en", "tags": {}, "subject": "Hello {{contact.first_name}}",
        "body": "Dear {{contact.name}},\n\nthank you.\n\n{{preferences_url}}\n"})
    every_day = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    sequence = client.must("POST", "/sequences", {"document": {
        "name": "At once", "type": "prospect", "trigger": {"on": "stage_entered", "stage": "hand_raised"},
        "window": {"days": every_day, "from": "00:00", "to": "24:00"}, "quiet": {"from": "00:00", "to": "00:00"},
        "steps": [{"key": "hello", "do": "email", "title": "Hello", "template": "hello", "delay": {"hours": 0}, "holidays": "ignore"}]}})
    client.must("POST", f"/sequences/{sequence['id']}/publish", {"number": 1, "move": False})
    return advisors


class Load:
    """Two writers: conversations (each owes a message at once) and notes on them. Remembers what was acknowledged."""

    def __init__(self, port, key, advisors, rng):
        self.port, self.key, self.advisors, self.rng = port, key, advisors, rng
        self.conversations, self.notes, self.unsure = [], [], []
        self.stopping = threading.Event()
        self.serial = 0

    def run(self, worker):
        client = Client(self.port, self.key)
        while not self.stopping.is_set():
            self.serial += 1
            n = f"{worker}-{self.serial}"
            status, contact = client.call("POST", "/contacts", {
                "name": f"Person {n}", "emails": [f"p{n}@people.example"], "language": "en", "zone": "Europe/Paris", "country": "FR"})
            if status != 201:
                continue
            status, conversation = client.call("POST", "/conversations", {
                "contact_id": contact["id"], "type": "prospect", "channel": "web", "owner_id": self.rng.choice(self.advisors)})
            if status != 201:
                continue
            self.conversations.append(conversation["id"])
            status, note = client.call("POST", f"/conversations/{conversation['id']}/notes", {"text": n})
            if status == 201:
                self.notes.append((conversation["id"], n))


def sink_lines(path):
    out = []
    if os.path.exists(path):
        with open(path) as f:
            for line in f:
                if line.endswith("\n"):
                    out.append(json.loads(line))
    return out


def count_lines(path):
    return len(sink_lines(path))


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--kills", type=int, default=200)
    arguments.add_argument("--seed", type=int, default=1)
    options = arguments.parse_args()
    rng = random.Random(options.seed)
    binary, sink_binary = os.environ["ONWARD_BIN"], os.environ["ONWARD_SINK"]
    work = tempfile.mkdtemp(prefix="onward-kill-")
    data, record = os.path.join(work, "data"), os.path.join(work, "sink.jsonl")
    sink_port, port = free_port(), free_port()
    log = open(os.path.join(work, "server.log"), "wb")
    sink = subprocess.Popen([sink_binary, "--port", str(sink_port), "--out", record], stdout=subprocess.DEVNULL)
    server = Server(binary, data, port, log)
    failures, passes = [], 0

    def expect(ok, what):
        nonlocal passes
        if ok:
            passes += 1
        else:
            failures.append(what)
            print("FAILED:", what)

    try:
        server.start()
        key = subprocess.run([binary, "key", "create", "--data", data, "--role", "owner"], capture_output=True, text=True, check=True).stdout.strip()
        advisors = set_up(Client(port, key), sink_port)
        load = Load(port, key, advisors, rng)
        threads = [threading.Thread(target=load.run, args=(w,), daemon=True) for w in range(2)]
        for t in threads:
            t.start()
        time.sleep(2)
        starts, first_sends = [], []
        for kill in range(options.kills):
            time.sleep(rng.uniform(0.05, 0.6))
            server.kill()
            before = count_lines(record)
            starts.append(server.start())
            ready = time.monotonic()
            while count_lines(record) == before and time.monotonic() - ready < 5:
                time.sleep(0.01)
            first_sends.append(time.monotonic() - ready)
        load.stopping.set()
        for t in threads:
            t.join(timeout=15)
        time.sleep(2)
        client = Client(port, key)
        lost = [c for c in load.conversations if client.call("GET", f"/conversations/{c}")[0] != 200]
        lost_notes = 0
        texts = collections.defaultdict(set)
        for conversation in {c for c, _ in load.notes}:
            timeline = client.must("GET", f"/conversations/{conversation}/timeline")
            texts[conversation] = {e["text"] for e in timeline["data"] if e["entry"] == "note"}
        lost_notes = sum(1 for c, n in load.notes if n not in texts[c])
        messages = collections.Counter(m["message_id"] for m in sink_lines(record))
        doubled = {m: n for m, n in messages.items() if n > 1}
        late = sorted(first_sends)
        doubtful, after = 0, ""
        while True:
            page = client.must("GET", "/touches?state=in_doubt&limit=200" + (f"&after={after}" if after else ""))
            doubtful += len(page["data"])
            if not page["next"]:
                break
            after = page["next"]
        print(f"kills {options.kills}, conversations acknowledged {len(load.conversations)}, notes {len(load.notes)}, messages {sum(messages.values())}, "
              f"in doubt {doubtful}")
        print(f"start to ready: median {sorted(starts)[len(starts) // 2] * 1000:.0f} ms, longest {max(starts) * 1000:.0f} ms")
        print(f"ready to next send: median {late[len(late) // 2] * 1000:.0f} ms, p99 {late[int(len(late) * 0.99) - 1] * 1000:.0f} ms, longest {late[-1] * 1000:.0f} ms")
        expect(len(load.conversations) > options.kills, "the load made work")
        expect(sum(messages.values()) > options.kills, "messages were sent")
        expect(not lost, f"{len(lost)} acknowledged conversations were lost")
        expect(lost_notes == 0, f"{lost_notes} acknowledged notes were lost")
        expect(not doubled, f"{len(doubled)} follow-ups were sent twice")
        expect(late[-1] <= 1.0, f"the next send came {late[-1]:.2f} s after a restart")
    finally:
        if server.process and server.process.poll() is None:
            server.kill()
        sink.kill()
        sink.wait()
        log.close()
        if not failures:
            shutil.rmtree(work, ignore_errors=True)
        else:
            print("kept:", work)
    print(f"{passes} passed, {len(failures)} failed")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
