#!/usr/bin/env python3
"""Checks who includes whom under src/, and that each layer keeps its hands off what belongs to another.

usage: tools/layers.py [ROOT]      prints one line a violation; exit 1 if there is any
"""
import pathlib
import re
import sys

sys.dont_write_bytecode = True
from lint_text import blank_comments  # noqa: E402

# The arrows of ARCHITECTURE.md: a folder of src/ may include itself and what stands here, nothing else.
ARROWS = {
    "base": set(),
    "core": {"base"},
    "ports": {"core", "base"},
    "app": {"ports", "core", "base", "ical"},
    "http": {"base"},
    "ical": {"base"},
    "store": {"ports", "core", "base"},
    "mail": {"ports", "core", "base"},
    "sms": {"ports", "core", "base"},
    "caldav": {"ports", "http", "ical", "core", "base"},
    "crm": {"ports", "http", "ical", "core", "base"},
    "ai": {"ports", "http", "ical", "core", "base"},
    "api": {"app", "core", "ical", "http", "base"},
    "pages": {"app", "core", "ical", "http", "base"},
    "mcp": {"app", "core", "ical", "http", "base"},
    "cli": {"app", "core", "base"},
}
# Tests beside the code may stand on a store in memory, as fixtures do.
TEST_ARROWS = {"app": {"store"}, "api": {"store"}, "pages": {"store"}}
ARROWS["onward"] = set(ARROWS)  # main wires everything; nothing includes it

# What is forbidden, why, and the paths under src/ where it belongs all the same. Tests are free of these.
BANNED = [
    (r"\bsystem_clock\s*::\s*now\b", "only the Clock reads the clock, `now` is an argument", ["base/"]),
    (r"\btime\s*\(\s*(nullptr|NULL|0)\s*\)", "only the Clock reads the clock, `now` is an argument", []),
    (r"\blocaltime(_r|_s)?\b", "the process's own zone decides nothing", ["base/zone"]),
    (r"\b(secure_)?getenv\b", "configuration is read at the start only", ["onward/", "cli/main"]),
    (r"\bsqlite3_\w", "SQLite stays behind ports::Store", ["store/"]),
    (r"\bPQ[a-z]\w*", "PostgreSQL stays behind ports::Store", ["store/"]),
    (r"\bSELECT ", "SQL stands in .sql files", ["store/"]),
    (r"(?i)<html\b", "pages are made of templates/", []),
    (r"\bstd\s*::\s*w?s?regex(_\w+)?\b", "std::regex overflows its stack on outside input", []),
    (r"\bstd\s*::\s*j?thread\b", "threads belong to the runner and the drivers",
     ["store/", "http/", "mail/", "app/loops", "onward/"]),
]
# Everything in core is a function of values: no input or output, no log, no randomness but the generator it is handed.
CORE_HEADERS = {"fstream", "iostream", "filesystem", "thread", "mutex", "random", "cstdlib", "base/log.h"}

GENERATED = re.compile(r"\w+\.inc")  # tables the build writes into its own folder
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:"([^"]+)"|<([^>]+)>)', re.MULTILINE)


def violations(root):
    source = pathlib.Path(root) / "src"
    found = []
    for path in sorted(source.rglob("*")):
        if path.suffix not in (".cc", ".h", ".inc"):
            continue
        found += check_file(path.relative_to(source).as_posix(), path.read_text(encoding="utf-8", errors="replace"))
    return found


def check_file(name, text):
    code = blank_comments(text)
    return [f"src/{name}:{line}: {what}" for line, what in check_includes(name, code) + check_names(name, code)]


def check_includes(name, code):
    layer = name.split("/")[0]
    if layer not in ARROWS or "/" not in name:
        return [(1, f"{layer} is no layer of the house; name it in tools/layers.py and ARCHITECTURE.md")]
    found = []
    for match in INCLUDE.finditer(code):
        own, system = match.groups()
        line = code.count("\n", 0, match.start()) + 1
        if layer == "core" and not is_test(name) and (own or system) in CORE_HEADERS:
            found.append((line, f"core is pure and may not include {own or system}"))
        if own is None or GENERATED.fullmatch(own):
            continue
        target = own.split("/")[0]
        if "/" not in own or target not in ARROWS:
            found.append((line, f'"{own}" is not written from src/ with its layer in front'))
        elif target != layer and target not in ARROWS[layer] | (TEST_ARROWS.get(layer, set()) if is_test(name) else set()):
            found.append((line, f"{layer} may not include {own}"))
    return found


def check_names(name, code):
    if is_test(name):
        return []
    found = []
    for pattern, why, homes in BANNED:
        if any(name.startswith(home) for home in homes):
            continue
        for match in re.finditer(pattern, code):
            line = code.count("\n", 0, match.start()) + 1
            found.append((line, f"`{match.group(0).strip()}` has no place here: {why}"))
    return found


def is_test(name):
    return name.endswith(("_test.cc", "_test.h"))


def main(arguments):
    root = arguments[0] if arguments else pathlib.Path(__file__).resolve().parent.parent
    found = violations(root)
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
