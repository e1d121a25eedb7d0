#!/usr/bin/env python3
"""The slot engine against the oracle beside this file: the same slots with the same hosts, in thousands of random scenarios.

usage: oracle_suite.py [--seed N] [--rounds N] [--odd N] [--quiet N] [--only NAME]

At every clock change of every zone in three years `rounds` scenarios straddle it, at every odd one of history `odd`; `quiet`
scenarios lie where no clock changes. build/slot_lines (beside $ONWARD_BIN) answers them, some also the program itself. A
difference is shrunk and printed with both answers. Ends with `N passed, N failed`."""
import argparse
import copy
import json
import os
import random
import subprocess
import sys
import time

sys.dont_write_bytecode = True
import oracle  # noqa: E402
import oracle_scenarios as scenarios  # noqa: E402

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
BIN = os.path.abspath(os.environ.get("ONWARD_BIN", os.path.join(ROOT, "build", "onward")))
LINES = os.path.join(os.path.dirname(BIN), "slot_lines")
SHRUNK = 3  # differences that are made small; further ones are counted
TRIES = 4000  # smaller scenarios that are tried for one of them
THROUGH_PROGRAM = 20
NEAR_S = 3 * 3600
ABLATED = 10  # of every so many scenarios it is seen which features change the answer


class Engine:
    def __init__(self):
        self.process = subprocess.Popen([LINES], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={"TZ": "Pacific/Apia"})

    def answer(self, scenario):
        self.process.stdin.write(json.dumps(scenario) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, f"slot_lines died of {json.dumps(scenario)}"
        return json.loads(line)

    def close(self):
        self.process.stdin.close()
        assert self.process.wait(10) == 0


def slots_of(answer):
    return answer.get("error") or [(oracle.instant(s["start"]), s["hosts"]) for s in answer["slots"]]


def fault(engine, scenario):
    """None, or what is wrong with the engine's answer."""
    answer = engine.answer(scenario)
    if "error" in answer:
        return f"refused: {answer['error']}"
    found, wanted = slots_of(answer), oracle.slots(scenario)
    if found != wanted:
        return describe(found, wanted)
    order = {h["id"]: n for n, h in enumerate(scenario["hosts"])}
    refused = [(oracle.instant(r["start"]), order[r["host"]]) for r in answer["refused"]]
    offered = {(start, order[h]) for start, hosts in found for h in hosts}
    if refused != sorted(set(refused)) or offered & set(refused):
        return "refused is not sorted, or names what is offered"
    return None


def describe(found, wanted):
    lines = ["engine                                  oracle"]
    found, wanted = dict((s, h) for s, h in found), dict((s, h) for s, h in wanted)
    for start in sorted(found | wanted):
        left, right = (f"{oracle.text_of(start)} {','.join(side[start])}" if start in side else "-" for side in (found, wanted))
        lines.append(f"{left:40}{right:40}{'' if left == right else ' <--'}")
    return "\n".join(lines)


# Shrinking ------------------------------------------------------------------------------------------------------------


def smaller(scenario):
    """Scenarios with one thing less: a host, an entry of a list, an optional member, hours of the range."""
    def places(value, path):
        for key in list(value) if isinstance(value, dict) else range(len(value)):
            yield value, key, path + [key]
            if isinstance(value[key], (dict, list)):
                yield from places(value[key], path + [key])

    for _, _, path in places(scenario, []):
        if path[-1] in ("now", "id", "date", "start", "end") or path in (["hosts"], ["from"], ["to"]):
            continue
        less = copy.deepcopy(scenario)
        parent = less
        for key in path[:-1]:
            parent = parent[key]
        del parent[path[-1]]
        ids = {h["id"] for h in less["hosts"]}
        if less.get("holds"):
            less["holds"] = [h for h in less["holds"] if h.get("host") in ids]
        yield less
    start, end = oracle.Question(scenario).start, oracle.Question(scenario).end
    for hours in (24, 6, 1):
        for first, last in ((start + hours * 3600, end), (start, end - hours * 3600)):
            if first < last:
                yield scenario | {"from": oracle.text_of(first), "to": oracle.text_of(last)}


def differs(engine, scenario):
    """Whether both answer and say different things."""
    if "error" in (answer := engine.answer(scenario)):
        return False
    try:
        return slots_of(answer) != oracle.slots(scenario)
    except (KeyError, ValueError, IndexError, TypeError):
        return False


def shrink(engine, scenario):
    tries = 0
    found = True
    while found and tries < TRIES:
        found = False
        for less in smaller(scenario):
            tries += 1
            if differs(engine, less):
                scenario, found = less, True
                break
    return scenario


# Coverage -------------------------------------------------------------------------------------------------------------


def any_host(test):
    return lambda s: any(test(h) for h in s["hosts"])


def windows(scenario):
    for schedule in [*scenario["hosts"], scenario["meeting_type"].get("window") or {}]:
        for entry in [*schedule.get("hours", []), *schedule.get("exceptions", [])]:
            if "to" in entry:
                yield entry


def type_is(name, *values):
    return lambda s: s["meeting_type"].get(name) in values if values else s["meeting_type"].get(name) not in (None, 0)


def horizon_is(kind, *counts):
    def test(s):
        horizon = s["meeting_type"].get("horizon") or {}
        return horizon.get("kind") == kind and (not counts or horizon.get("count", "calendar") in counts)
    return test


FEATURES = {
    "several hours a day": any_host(lambda h: len(h["hours"]) > 1),
    "over midnight": lambda s: any(w["to"] < w["from"] for w in windows(s)),
    "to 24:00": lambda s: any(w["to"] == "24:00" for w in windows(s)),
    "to 23:59": lambda s: any(w["to"] == "23:59" for w in windows(s)),
    "exceptions": any_host(lambda h: "exceptions" in h),
    "holidays": any_host(lambda h: "holidays" in h),
    "travel": any_host(lambda h: "travel" in h),
    "away": any_host(lambda h: "away" in h),
    "appointments": any_host(lambda h: "appointments" in h),
    "busy": any_host(lambda h: "busy" in h),
    "holds": lambda s: "holds" in s,
    "fixed": any_host(lambda h: h.get("fixed")),
    "groups": any_host(lambda h: h.get("group")),
    "buffer before": type_is("buffer_before_min"),
    "buffer after": type_is("buffer_after_min"),
    "offset": type_is("offset_min"),
    "notice": type_is("notice_min"),
    "daily limit": lambda s: s["meeting_type"].get("daily_limit") is not None,
    "daily minutes limit": type_is("daily_minutes_limit"),
    "all": type_is("assignment", "all"),
    "any": type_is("assignment", "any", None),
    "grid host": type_is("grid", "host"),
    "compact": type_is("fill", "compact"),
    "horizon calendar": horizon_is("days", "calendar"),
    "horizon business": horizon_is("days", "business"),
    "horizon available": horizon_is("days", "available"),
    "horizon range": horizon_is("range"),
    "window": type_is("window"),
    "from or to left out": lambda s: "from" not in s or "to" not in s,
}
OF_HOSTS = {"exceptions", "holidays", "travel", "away", "appointments", "busy", "fixed"}
OF_TYPE = {"buffer before": "buffer_before_min", "buffer after": "buffer_after_min", "offset": "offset_min", "notice": "notice_min",
           "daily limit": "daily_limit", "daily minutes limit": "daily_minutes_limit", "all": "assignment", "grid host": "grid",
           "compact": "fill", "horizon calendar": "horizon", "horizon business": "horizon", "horizon available": "horizon",
           "horizon range": "horizon", "window": "window"}


def without(scenario, feature):
    """The scenario with the feature switched off, None when there is no such switch."""
    out = copy.deepcopy(scenario)
    for host in out["hosts"]:
        if feature in OF_HOSTS:
            host.pop(feature, None)
        elif feature == "groups":
            host.pop("group", None)
    if feature == "holds":
        del out["holds"]
    elif feature in OF_TYPE:
        out["meeting_type"].pop(OF_TYPE[feature])
        if feature == "offset" and "step_min" not in out["meeting_type"]:
            out["meeting_type"].pop("offset_min", None)
    elif feature not in OF_HOSTS | {"groups"}:
        return None
    return out


class Coverage:
    def __init__(self):
        self.present = dict.fromkeys(FEATURES, 0)
        self.probed = dict.fromkeys(FEATURES, 0)
        self.decisive = dict.fromkeys(FEATURES, 0)

    def add(self, engine, scenario, probe):
        here = slots_of(engine.answer(scenario)) if probe else None
        for name, test in FEATURES.items():
            if not test(scenario):
                continue
            self.present[name] += 1
            if probe and (off := without(scenario, name)):
                self.probed[name] += 1
                self.decisive[name] += slots_of(engine.answer(off)) != here

    def show(self):
        print(f"{'feature':24}{'scenarios':>10}   changes the answer in")
        for name, count in self.present.items():
            share = f"{self.decisive[name]:6} of {self.probed[name]}" if self.probed[name] else ""
            print(f"{name:24}{count:10}   {share}")


# The run --------------------------------------------------------------------------------------------------------------


def quiet_moment(rng, zones):
    """A zone and an instant at which none of a few zones changes its clocks for days; those zones."""
    while True:
        t = rng.randrange(scenarios.new_year(1975), scenarios.new_year(2037))
        some = [rng.choice(zones) for _ in range(4)]
        if not any(scenarios.changes(z, t - 8 * scenarios.DAY, t + 12 * scenarios.DAY) for z in some):
            return some[0], t, some


def plan(options):
    """(name, the change in question or None, maker of a scenario) of the whole run; a scenario depends on nothing but its name."""
    regular, odd = scenarios.transitions()
    zones = scenarios.all_zones()
    print(f"{len(regular)} clock changes of {len({z for z, _ in regular})} zones in {scenarios.YEARS[0]}-{scenarios.YEARS[1]}, {len(odd)} odd ones, "
          f"{len(zones)} zones in all")
    for kind, rounds, where in (("change", options.rounds, regular), ("odd", options.odd, odd)):
        for n in range(rounds):
            for zone, t in where:
                name = f"{options.seed}/{kind}/{zone}/{t}/{n}"
                yield name, t, lambda rng, zone=zone, t=t: scenarios.Maker(rng, zone, t, scenarios.ELSEWHERE + [rng.choice(zones)]).scenario()
    for n in range(options.quiet):
        yield f"{options.seed}/quiet/{n}", None, lambda rng: scenarios.Maker(rng, *quiet_moment(rng, zones)).scenario()


def through_program(scenario):
    done = subprocess.run([BIN, "slots"], input=json.dumps(scenario), capture_output=True, text=True, timeout=60, check=False)
    return json.loads(done.stdout) if done.returncode == 0 else {"error": done.stderr}


def report(engine, name, scenario, what, shrunk):
    print(f"FAILED {name}")
    if not shrunk:
        return
    small = shrink(engine, scenario)
    print(json.dumps(small))
    print(fault(engine, small) or what)


def main():
    parser = argparse.ArgumentParser()
    for name, default in (("seed", 1), ("rounds", 2), ("odd", 4), ("quiet", 2000)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--only", help="the name of one scenario, as a failure prints it")
    options = parser.parse_args()
    began, engine, coverage = time.monotonic(), Engine(), Coverage()
    passed = failed = slots = with_slots = near = 0
    for name, change, make in plan(options):
        if options.only and name != options.only:
            continue
        scenario = make(random.Random(name))
        if options.only:
            print(json.dumps(scenario, indent=1))
        what = fault(engine, scenario)
        if change is not None:
            question = oracle.Question(scenario)
            assert question.start < change < question.end, name
        if not what and passed < THROUGH_PROGRAM and through_program(scenario) != engine.answer(scenario):
            what = "the program answers something else than slot_lines"
        passed, failed = passed + (not what), failed + bool(what)
        if what:
            report(engine, name, scenario, what, failed <= SHRUNK)
        found = [] if what else slots_of(engine.answer(scenario))
        slots, with_slots = slots + len(found), with_slots + bool(found)
        near += sum(change is not None and abs(start - change) < NEAR_S for start, _ in found)
        coverage.add(engine, scenario, (passed + failed) % ABLATED == 0)
    engine.close()
    coverage.show()
    print(f"{slots} slots in {with_slots} of {passed + failed} scenarios, {near} less than three hours from the change, {time.monotonic() - began:.0f} s")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
