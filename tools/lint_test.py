#!/usr/bin/env python3
"""Plants one breach of each rule and sees that tools/lint.py finds it, and nothing else."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
import lint  # noqa: E402
import lint_text  # noqa: E402

HEADER = "// What it promises.\n#pragma once\n"


def body(lines):
    return "int f() {\n" + "  g();\n" * (lines - 2) + "}\n"


class Lint(unittest.TestCase):
    def keys(self, name, text):
        return [b.key for b in lint.check_file(name, text if isinstance(text, bytes) else text.encode())]

    def test_lines(self):
        for rule, text in [("crlf", "int a;\r\n"), ("tab", "\tint a;\n"), ("blank", "int a; \n"), ("newline", "int a;"),
                           ("unfinished", "// TO" + "DO later\n"), ("unfinished", "// FIX" + "ME\n"), ("unfinished", "// " + "X" * 3 + "\n"),
                           ("machine", "// see /wo" + "rk/main\n"), ("machine", 'open("/tm' + 'p/s/brief")\n')]:
            with self.subTest(text):
                self.assertEqual(self.keys("src/app/x.cc", text), [f"{rule} src/app/x.cc"])
        self.assertEqual(self.keys("src/app/x.cc", "// framework/ and /tmp and XXXL and build/work/x\nint a;\n"), [])

    def test_corpora_are_as_they_are(self):
        self.assertEqual(self.keys("tests/golden/mails/a.txt", "a\t\r\n \n/ho" + "me/me/ "), [])
        self.assertEqual(self.keys("tests/inbox/a.eml", "a\t\r\n"), [])
        self.assertEqual(self.keys("script/test-suites.txt", "a\tb\n"), [])

    def test_headers(self):
        self.assertEqual(self.keys("src/app/x.h", HEADER), [])
        self.assertEqual(self.keys("src/app/x.h", "// What it promises.\nint a;\n"), ["pragma src/app/x.h"])
        self.assertEqual(self.keys("src/app/x.h", "#pragma once\nint a;\n"), ["contract src/app/x.h"])

    def test_blobs(self):
        self.assertEqual(self.keys("docs/a.png", b"x" * 200_001), ["blob docs/a.png"])
        self.assertEqual(self.keys("docs/a.png", b"x" * 200_000), [])

    def test_long_files(self):
        self.assertEqual(self.keys("src/app/x.cc", "int a;\n" * 701), ["file src/app/x.cc"])
        self.assertEqual(self.keys("src/app/x.cc", "int a;\n" * 700), [])
        self.assertEqual(self.keys("src/app/x_test.cc", "int a;\n" * 701), [])
        self.assertEqual(self.keys("sim/x.cc", "int a;\n" * 701), [])
        self.assertEqual(lint.check_percentile({f"src/{i}": 100 for i in range(19)} | {"src/long": 600}), [])
        self.assertEqual([b.key for b in lint.check_percentile({f"src/{i}": 501 for i in range(20)})], ["p95 src"])

    def test_long_functions(self):
        self.assertEqual(self.keys("src/app/x.cc", body(71)), ["function src/app/x.cc f"])
        self.assertEqual(self.keys("src/app/x.cc", body(70)), [])
        inside = "namespace onward::app {\nclass X {\n public:\n" + body(71) + "};\n}\n"
        self.assertEqual(self.keys("src/app/x.cc", inside), ["function src/app/x.cc f"])
        constructor = "Desk::Desk(int a, int b)\n    : a_{a}, b_{b}, c_(3) {\n" + "  g();\n" * 70 + "}\n"
        self.assertEqual(self.keys("src/app/x.cc", constructor), ["function src/app/x.cc Desk::Desk"])
        table = "constexpr Row kRows[] = {\n" + '    {"{", 1},\n' * 100 + "};\n"
        raw = 'const char* kSql = R"sql(\n' + "{ (\n" * 100 + ')sql";\n'
        short = "int f() {\n  return 1;\n}\n" * 60
        self.assertEqual(self.keys("src/app/x.cc", table + raw + short + "struct A {\n" + "  int a = 0;\n" * 80 + "};\n"), [])

    def test_where_a_function_begins_and_ends(self):
        text = "int a;\n\ntemplate <class T>\nT f(T x) {\n  if (x) {\n    g();\n  }\n  return x;\n}\n\nvoid g() { h(); }\n"
        self.assertEqual(lint_text.functions(text), [(3, 9, "f"), (11, 11, "g")])

    def test_known_breaches_are_ratcheted(self):
        breaches = lint.check_file("src/app/x.cc", b"\tint a;\n")
        self.assertEqual(len(lint.judge(breaches, set())), 1)
        self.assertEqual(lint.judge(breaches, {"tab src/app/x.cc"}), [])
        self.assertIn("is mended", lint.judge([], {"tab src/app/x.cc"})[0])

    def test_a_whole_repository_is_walked(self):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "src" / "app").mkdir(parents=True)
            (root / "src" / "app" / "x.cc").write_text("\tint a;\n")
            (root / "build").mkdir()
            (root / "build" / "x.cc").write_text("\tint a;\n")
            (root / ".gitignore").write_text("/build/\n")
            self.assertEqual(lint.lint(root), ["src/app/x.cc:1: tab"])
            subprocess.run(["git", "init", "-q", folder], check=True)
            self.assertEqual(lint.lint(root), ["src/app/x.cc:1: tab"])
            self.assertEqual(lint.main([folder]), 1)
            (root / "src" / "app" / "x.cc").write_text("int a;\n")
            self.assertEqual(lint.main([folder]), 0)


if __name__ == "__main__":
    unittest.main(verbosity=0, buffer=True)
