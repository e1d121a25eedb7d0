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


answers()
refusals()
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
