#!/usr/bin/env python3
"""Plants one violation of each kind in a house of its own and sees that tools/layers.py finds it, and nothing else."""
import pathlib
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
import layers  # noqa: E402


class Layers(unittest.TestCase):
    def refused(self, name, text, word):
        found = layers.check_file(name, text)
        self.assertEqual(len(found), 1, f"{name}: {text!r} gave {found}")
        self.assertIn(word, found[0])
        self.assertTrue(found[0].startswith(f"src/{name}:"), found[0])

    def accepted(self, name, text):
        self.assertEqual(layers.check_file(name, text), [])

    def test_a_whole_house_is_walked(self):
        with tempfile.TemporaryDirectory() as root:
            for name, text in {"core/slots/a.h": '#include "app/b.h"\n', "app/b.h": "\nstd::regex r;\n", "app/c.sql": "SELECT 1"}.items():
                path = pathlib.Path(root) / "src" / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            found = layers.violations(root)
            self.assertEqual([line.split(": ")[0] for line in found], ["src/app/b.h:2", "src/core/slots/a.h:1"])
            self.assertEqual(layers.main([root]), 1)

    def test_every_arrow_that_is_not_drawn_is_refused(self):
        refused = 0
        for layer, allowed in layers.ARROWS.items():
            for target in layers.ARROWS:
                text = f'#include "{target}/noun.h"\n'
                if target == layer or target in allowed:
                    self.accepted(f"{layer}/x.cc", text)
                else:
                    self.refused(f"{layer}/x.cc", text, f"{layer} may not include {target}/noun.h")
                    refused += 1
        self.assertGreater(refused, 150)

    def test_the_arrows_that_matter_most(self):
        for name, target in [("api/x.cc", "store"), ("pages/x.cc", "ports"), ("mcp/x.cc", "mail"), ("core/slots/x.cc", "ports"),
                             ("base/x.h", "core"), ("app/x.cc", "store"), ("app/x.cc", "http"), ("store/x.cc", "app"),
                             ("cli/x.cc", "ports"), ("http/x.cc", "core"), ("app/x.cc", "onward")]:
            self.refused(name, f'#include "{target}/a.h"\n', "may not include")
        self.accepted("app/x.cc", '#include "ical/a.h"\n')
        self.accepted("app/x.cc", '#include "table.inc"\n')
        self.accepted("onward/main.cc", '#include "store/a.h"\n#include "api/a.h"\n')

    def test_nouns_of_core_may_include_each_other(self):
        self.accepted("core/booking/x.h", '#include "core/slots/slots.h"\n#include "base/id.h"\n')

    def test_an_include_without_its_layer_is_refused(self):
        self.refused("app/x.cc", '#include "x.h"\n', "layer in front")
        self.refused("app/x.cc", '#include "../core/x.h"\n', "layer in front")
        self.refused("app/x.cc", '#include "sim/world.h"\n', "layer in front")
        self.refused("app/x.cc", '#include "tests/world.h"\n', "layer in front")

    def test_an_unknown_layer_is_refused(self):
        self.refused("magic/x.cc", "int x;\n", "no layer")

    def test_tests_keep_to_the_arrows(self):
        self.refused("core/slots/slots_test.cc", '#include "store/a.h"\n', "core may not include")

    def test_core_is_pure(self):
        self.refused("core/slots/x.cc", "#include <fstream>\n", "core is pure")
        self.refused("core/slots/x.cc", '#include "base/log.h"\n', "core is pure")
        self.accepted("core/slots/x_test.cc", "#include <fstream>\n")

    planted = {
        "clock": ("auto t = std::chrono::system_clock::now();", "app/x.cc", "base/clock.cc"),
        "time": ("auto t = time(nullptr);", "app/x.cc", None),
        "NULL time": ("auto t = std::time(NULL);", "base/x.cc", None),
        "localtime": ("auto t = localtime_r(&a, &b);", "base/x.cc", None),
        "getenv": ('auto t = std::getenv("A");', "app/x.cc", "onward/config.cc"),
        "getenv of a subcommand": ('auto t = getenv("A");', "cli/export.cc", "cli/main.cc"),
        "sqlite": ("sqlite3_step(s);", "app/x.cc", "store/x.cc"),
        "libpq": ("PQexec(c, q);", "onward/x.cc", "store/x.cc"),
        "SQL": ('auto q = "SELECT 1";', "app/x.cc", "store/x.cc"),
        "HTML": ('auto q = "<HTML lang=en>";', "pages/x.cc", None),
        "regex": ("std::regex r;", "core/inbox/x.cc", None),
        "regex match": ("std::regex_match(a, b);", "store/x.cc", None),
        "thread": ("std::thread t;", "app/timers.cc", "app/loops.cc"),
        "jthread": ("std::jthread t;", "api/x.cc", "http/server.cc"),
    }

    def test_every_banned_name_is_found_outside_its_home(self):
        for kind, (text, wrong, home) in self.planted.items():
            with self.subTest(kind):
                self.refused(wrong, text + "\n", "has no place here")
                if home:
                    self.accepted(home, text + "\n")

    def test_tests_may_use_banned_names(self):
        for text, _, _ in self.planted.values():
            self.accepted("app/x_test.cc", text + "\n")

    def test_comments_and_lookalikes_are_no_violation(self):
        self.accepted("app/x.cc", "// std::regex and system_clock::now\n/* SELECT * <html */\nint downtime(int);\n")
        self.accepted("app/x.cc", 'auto a = "// no comment"; int runtime(int); auto b = 10\'000;\n')
        self.accepted("app/x.cc", '// #include "store/a.h"\n')
        self.refused("app/x.cc", 'auto a = "// text"; std::regex r;\n', "std::regex")
        self.refused("app/x.cc", "int a = 10'000; std::regex r; // it's\n", "std::regex")

    def test_the_line_is_told(self):
        self.assertTrue(layers.check_file("app/x.cc", "int a;\n\nstd::regex r;\n")[0].startswith("src/app/x.cc:3: "))


if __name__ == "__main__":
    unittest.main(verbosity=0, buffer=True)
