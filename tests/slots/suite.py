#!/usr/bin/env python3
"""Runs the worked-out scenarios beside this file through the built program ($ONWARD_BIN, else build/onward), in several
zones of the process. Ends with `N passed, N failed`."""
import glob
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
BIN = os.path.abspath(os.environ.get("ONWARD_BIN", os.path.join(HERE, "..", "..", "build", "onward")))
passed, failed = 0, 0


def slots(text, *arguments, zone="UTC"):
    return subprocess.run([BIN, "slots", *arguments], input=text, capture_output=True, text=True, timeout=60,
                          env={**os.environ, "TZ": zone})


def expect(what, found, wanted):
    global passed, failed
    if found == wanted:
        passed += 1
        return
    failed += 1
    print(f"{what}:\n  found  {found}\n  wanted {wanted}")


def answers():
    files = sorted(glob.glob(os.path.join(HERE, "*.json")))
    expect("there are scenarios", len(files) >= 9, True)
    for file in files:
        with open(file) as f:
            golden = json.load(f)
        for zone in ("UTC", "America/New_York", "Pacific/Kiritimati"):
            done = slots(json.dumps(golden["scenario"]), zone=zone)
            name = f"{os.path.basename(file)} in {zone}"
            expect(name, (done.returncode, done.stderr), (0, ""))
            expect(name, json.loads(done.stdout or "null"), golden["expect"])


def refusals():
    for text, said in (("", "onward: the body is not JSON"),
                       ('{"now":"today","hosts":[]}', "onward: /now must be an RFC 3339 time"),
                       ('{"now":"2026-03-20T08:00:00Z","hosts":[{"zone":"UTC"}]}', "onward: /hosts/0/id is required.")):
        done = slots(text)
        expect(f"exit code of {text!r}", done.returncode, 1)
        expect(f"output of {text!r}", done.stdout, "")
        expect(f"lines of {text!r}", done.stderr.count("\n"), 1)
        expect(f"words of {text!r}", done.stderr[:len(said)], said)
    expect("usage", slots("", "--nonsense").returncode, 2)


def reasons():
    """With --why each host says what stands against one start: exactly what the list of refusals says of it."""
    with open(sorted(glob.glob(os.path.join(HERE, "*.json")))[0]) as f:
        scenario = json.load(f)["scenario"]
    all_of = json.loads(slots(json.dumps(scenario)).stdout)
    offered = {s["start"]: s["hosts"] for s in all_of["slots"]}
    refused = {}
    for r in all_of["refused"]:
        refused.setdefault(r["start"], {})[r["host"]] = r["reason"]
    for start in list(offered)[:5] + list(refused)[:5]:
        told = json.loads(slots(json.dumps(scenario), "--why", start).stdout)
        expect(f"start of {start}", told["start"], start)
        expect(f"hosts of {start}", [h["host"] for h in told["hosts"] if h["offered"]], offered.get(start, []))
        for host, reason in refused.get(start, {}).items():
            found = next(h["reasons"] for h in told["hosts"] if h["host"] == host)
            expect(f"{host} at {start}", reason in found, True)
    done = slots(json.dumps(scenario), "--why", "tomorrow")
    expect("a time that is none", (done.returncode, "--why" in done.stderr), (1, True))


answers()
refusals()
reasons()
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
