#!/usr/bin/env python3
"""Counts test cases of a ctest run: prints `PASSED FAILED`, writes one line a failure.

usage: tools/count_tests.py JUNIT.xml GTEST_FOLDER FAILURES.txt
A program that wrote its cases into GTEST_FOLDER counts case by case, any other as one. A skipped or disabled case counts
as failed, and so does a program whose cases all passed but which failed as a whole (a leak, a crash at the end).
"""
import pathlib
import sys
import xml.etree.ElementTree as xml


def count_cases(report):
    """(passed, [failed names]) of one gtest report."""
    passed, failures = 0, []
    for case in xml.parse(report).getroot().iter("testcase"):
        name = f"{case.get('classname')}.{case.get('name')}"
        if case.find("failure") is not None:
            failures.append(name)
        elif case.get("status") != "run" or case.get("result") == "skipped":
            failures.append(f"{name} (did not run)")
        else:
            passed += 1
    return passed, failures


def count_program(test, folder):
    name = test.get("name")
    worked = test.get("status") == "run" and test.find("failure") is None
    report = folder / f"{name}.xml"
    if not report.exists():
        return (1, []) if worked else (0, [f"{name} (as a whole: {test.get('status')})"])
    passed, failures = count_cases(report)
    if not worked and not failures:
        failures = [f"{name} (its cases passed, the program failed)"]
    if passed + len(failures) == 0:
        failures = [f"{name} (has no case)"]
    return passed, failures


def main(junit, folder, output):
    passed, failures = 0, []
    for test in xml.parse(junit).getroot().iter("testcase"):
        good, bad = count_program(test, pathlib.Path(folder))
        passed += good
        failures += bad
    pathlib.Path(output).write_text("".join(f"FAILED {name}\n" for name in failures))
    print(passed, len(failures))


if __name__ == "__main__":
    main(*sys.argv[1:])
