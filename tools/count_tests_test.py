#!/usr/bin/env python3
"""Sees that tools/count_tests.py calls nothing passed that did not run and pass."""
import contextlib
import io
import pathlib
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
import count_tests  # noqa: E402

GOOD = '<testcase classname="A" name="good" status="run" result="completed"/>'
BAD = '<testcase classname="A" name="bad" status="run" result="completed"><failure/></testcase>'
SKIPPED = '<testcase classname="A" name="skipped" status="run" result="skipped"><skipped/></testcase>'
DISABLED = '<testcase classname="A" name="off" status="notrun" result="suppressed"/>'


class CountTests(unittest.TestCase):
    def count(self, program, cases=None):
        """(numbers, failures) of one program of ctest, which wrote these cases or no report at all."""
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "unit.xml").write_text(f"<testsuite>{program}</testsuite>")
            if cases is not None:
                (root / "a_tests.xml").write_text(f"<testsuites><testsuite>{cases}</testsuite></testsuites>")
            said = io.StringIO()
            with contextlib.redirect_stdout(said):
                count_tests.main(root / "unit.xml", root, root / "failures")
            return said.getvalue().strip(), (root / "failures").read_text()

    passed = '<testcase name="a_tests" status="run"/>'
    failed = '<testcase name="a_tests" status="fail"><failure/></testcase>'
    not_run = '<testcase name="a_tests" status="notrun"><skipped/></testcase>'

    def test_cases_are_counted(self):
        self.assertEqual(self.count(self.passed, GOOD + GOOD), ("2 0", ""))
        self.assertEqual(self.count(self.failed, GOOD + BAD), ("1 1", "FAILED A.bad\n"))

    def test_what_did_not_run_has_failed(self):
        self.assertEqual(self.count(self.passed, GOOD + SKIPPED + DISABLED)[0], "1 2")
        self.assertEqual(self.count(self.not_run)[0], "0 1")
        self.assertEqual(self.count(self.passed, "")[0], "0 1")

    def test_a_program_that_fails_after_its_cases_has_failed(self):
        self.assertEqual(self.count(self.failed, GOOD)[0], "1 1")

    def test_a_program_without_cases_counts_as_one(self):
        self.assertEqual(self.count(self.passed)[0], "1 0")
        self.assertEqual(self.count(self.failed)[0], "0 1")


if __name__ == "__main__":
    unittest.main(verbosity=0, buffer=True)
