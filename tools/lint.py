#!/usr/bin/env python3
"""The house rules that a machine can see. Prints one line a breach; exit 1 if there is a new one.

usage: tools/lint.py [ROOT] [--sizes]      --sizes lists the longest files and functions instead

A breach that has to stay for a while stands in tools/lint_known.txt as `rule path` (functions: `function path name`); a
line there that is no longer true is a breach too, so the list only shrinks.
"""
import pathlib
import re
import subprocess
import sys

sys.dont_write_bytecode = True
from lint_text import functions  # noqa: E402

FILE_P95 = 500  # lines, over all of src/
FILE_MOST = 700  # lines, any one file of src/ that is not a test
FUNCTION_MOST = 70  # lines, in src/
BLOB_MOST = 200_000  # bytes

CODE = {".cc", ".h"}
TEXT = CODE | {".py", ".sh", ".sql", ".cmake", ".md", ".txt", ".json", ".html", ".css", ".js", ".ts", ".tsx", ".mjs", ".yaml", ".yml",
               ".scn", ""}
CORPUS = re.compile(r"^tests/.*(golden|corpus|data|mails|fixtures)/|^(.*/)?package-lock\.json$|^LICENSE$")  # bytes that are as they are
TABBED = re.compile(r"^script/[\w-]+\.txt$")
UNFINISHED = re.compile(r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "X" * 3]) + r")\b")
MACHINE = re.compile(r"(?<![\w.$}])/(work|farm|home/\w+|Users/\w+|tmp/[a-z])/")


class Breach:
    def __init__(self, rule, path, what, line=0, name=""):
        self.key = " ".join(part for part in (rule, path, name) if part)
        self.text = f"{path}:{line}: {what}" if line else f"{path}: {what}"


def repository_files(root):
    """What git has or would take; everything there is where git is not at hand (an unpacked archive)."""
    git = subprocess.run(["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                         capture_output=True, check=False)
    if git.returncode == 0 and git.stdout:
        names = git.stdout.decode().split("\0")
    else:
        names = [p.relative_to(root).as_posix() for p in root.rglob("*")]
        names = [n for n in names if not re.match(r"(.*/)?(\.git|build[^/]*|node_modules|data)/", n)]
    return sorted({n for n in names if n and (root / n).is_file() and not (root / n).is_symlink()})



def check_file(name, data):
    """The breaches of one file, given its path in the repository and its bytes."""
    if name.endswith("package-lock.json"):
        return []
    found = []
    if len(data) > BLOB_MOST:
        found.append(Breach("blob", name, f"{len(data)} bytes, over {BLOB_MOST}"))
    path = pathlib.PurePosixPath(name)
    if path.suffix not in TEXT or CORPUS.search(name):
        return found
    text = data.decode("utf-8", errors="replace")
    if text and not text.endswith("\n"):
        found.append(Breach("newline", name, "does not end in a newline"))
    found += check_lines(name, text)
    if path.suffix == ".h":
        found += check_header(name, text)
    if path.suffix in CODE and name.startswith("src/"):
        found += check_lengths(name, text)
    return found


def check_lines(name, text):
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        if "\r" in line:
            found.append(Breach("crlf", name, "carriage return", number))
        if "\t" in line and not TABBED.match(name):
            found.append(Breach("tab", name, "tab", number))
        if line.rstrip("\r") != line.rstrip():
            found.append(Breach("blank", name, "trailing blank", number))
        if UNFINISHED.search(line):
            found.append(Breach("unfinished", name, f"`{UNFINISHED.search(line).group(0)}` marks unfinished work", number))
        if MACHINE.search(line):
            found.append(Breach("machine", name, f"`{MACHINE.search(line).group(0)}` is a folder of one machine", number))
    return found


def check_header(name, text):
    found = []
    if not re.search(r"^#pragma once$", text, re.MULTILINE):
        found.append(Breach("pragma", name, "a header needs #pragma once"))
    if not text.startswith(("//", "/*")):
        found.append(Breach("contract", name, "a header begins with a comment that says what it promises", 1))
    return found


def check_lengths(name, text):
    found = []
    lines = text.count("\n")
    if lines > FILE_MOST and not name.endswith("_test.cc"):
        found.append(Breach("file", name, f"{lines} lines, over {FILE_MOST}"))
    if name.endswith("_test.cc"):
        return found
    for first, last, function in functions(text):
        if last - first + 1 > FUNCTION_MOST:
            found.append(Breach("function", name, f"{function} has {last - first + 1} lines, over {FUNCTION_MOST}", first, function))
    return found


def check_percentile(lengths):
    """lengths: {path: lines} of src/. The house as a whole keeps its files short."""
    if not lengths:
        return []
    value = sorted(lengths.values())[int(0.95 * (len(lengths) - 1))]
    return [Breach("p95", "src", f"one file in twenty has over {value} lines, more than {FILE_P95}")] if value > FILE_P95 else []


def judge(breaches, known):
    """What to print: new breaches, and known ones that are no more."""
    keys = {b.key for b in breaches}
    new = [b.text for b in breaches if b.key not in known]
    gone = [f"tools/lint_known.txt: `{key}` is mended, take the line away" for key in sorted(known - keys)]
    return new + gone


def read_known(root):
    path = root / "tools" / "lint_known.txt"
    lines = path.read_text().splitlines() if path.exists() else []
    return {line.strip() for line in lines if line.strip() and not line.startswith("#")}


def lint(root):
    breaches = []
    lengths = {}
    for name in repository_files(root):
        data = (root / name).read_bytes()
        breaches += check_file(name, data)
        if name.startswith("src/") and name.endswith((".cc", ".h")):
            lengths[name] = data.count(b"\n")
    return judge(breaches + check_percentile(lengths), read_known(root))


def print_sizes(root):
    sizes = []
    for name in repository_files(root):
        if pathlib.PurePosixPath(name).suffix not in CODE:
            continue
        text = (root / name).read_text(errors="replace")
        sizes.append((text.count("\n"), name))
        sizes += [(last - first + 1, f"{name} {function}") for first, last, function in functions(text)]
    for kind, rows in (("files", [s for s in sizes if " " not in s[1]]), ("functions", [s for s in sizes if " " in s[1]])):
        rows.sort(reverse=True)
        middle = [rows[len(rows) // 2][0], rows[len(rows) // 20][0], rows[0][0]] if rows else [0, 0, 0]
        print(f"{len(rows)} {kind}, lines: median {middle[0]}, p95 {middle[1]}, longest {middle[2]}")
        for lines, name in rows[:15]:
            print(f"{lines:6} {name}")


def main(arguments):
    folders = [a for a in arguments if not a.startswith("--")]
    root = pathlib.Path(folders[0]) if folders else pathlib.Path(__file__).resolve().parent.parent
    if "--sizes" in arguments:
        print_sizes(root)
        return 0
    found = lint(root)
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
