"""Reading C++ as text: enough for the repository's checks, far from a parser."""


def blank_comments(text, strings_too=False):
    """The text with comments (and the insides of literals, if asked) turned into blanks; line numbers stay what they were."""
    out = []
    at = 0
    size = len(text)
    while at < size:
        two = text[at:at + 2]
        if two == "//":
            end = text.find("\n", at)
            end = size if end < 0 else end
            out.append(" " * (end - at))
        elif two == "/*":
            end = text.find("*/", at + 2)
            end = size if end < 0 else end + 2
            out.append(_blank(text[at:end]))
        elif text[at] == '"' or (text[at] == "'" and not _digit_separator(text, at)):
            end = _literal_end(text, at)
            inside = text[at + 1:end - 1]
            out.append(text[at] + (_blank(inside) if strings_too else inside) + text[end - 1:end])
        else:
            end = at + 1
            out.append(text[at])
        at = end
    return "".join(out)


def _blank(text):
    return "".join("\n" if c == "\n" else " " for c in text)


def _digit_separator(text, at):
    """Whether the ' stands inside a number such as 10'000 (and does not open a character as in u8'x')."""
    start = at
    while start > 0 and (text[start - 1].isalnum() or text[start - 1] in "_'"):
        start -= 1
    return start < at and text[start].isdigit()


def _literal_end(text, at):
    quote = text[at]
    if quote == '"' and at > 0 and text[at - 1] == "R":
        open_paren = text.find("(", at)
        end = text.find(")" + text[at + 1:open_paren] + '"', open_paren)
        return len(text) if end < 0 else end + 1 + (open_paren - at - 1) + 1
    end = at + 1
    while end < len(text) and text[end] != quote and text[end] != "\n":
        end += 2 if text[end] == "\\" else 1
    return min(end + 1, len(text))


def functions(text):
    """(first line, last line, name) of every function body that stands at namespace or class level.

    Leans on the formatter: a body's brace has a blank before it, an initializer's brace has none.
    """
    code = _without_directives(blank_comments(text, strings_too=True))
    found = []
    line = 1
    head = ""
    head_line = 1
    at = 0
    while at < len(code):
        c = code[at]
        if c == "\n":
            line += 1
        if c == "{":
            kind = _kind(head, code[at - 1] if at else " ")
            if kind == "scope":
                head = ""
            else:
                end = _matching(code, at)
                last = line + code.count("\n", at, end)
                if kind == "function":
                    found.append((head_line, last, _name(head)))
                    head = ""
                else:
                    head += "{}"
                line, at = last, end
        elif c in ";}":
            head = ""
        else:
            if not head.strip():
                head = ""
                head_line = line
            head += c
        at += 1
    return found


def _without_directives(code):
    lines = code.split("\n")
    continued = False
    for number, line in enumerate(lines):
        directive = continued or line.lstrip().startswith("#")
        continued = directive and line.rstrip().endswith("\\")
        if directive:
            lines[number] = ""
    return "\n".join(lines)


def _kind(head, before):
    words = head.split()
    if before not in " \n\t)":
        return "value"
    if ")" not in head and words:
        if head.rstrip().endswith("="):
            return "value"
        if {"namespace", "class", "struct", "union", "enum", "extern"} & set(words):
            return "scope"
        return "value"
    if head.rstrip().endswith(("=", ",", "(")):
        return "value"
    if not words:
        return "value"
    if words[0] in ("class", "struct") or ("struct" in words[:6] and words[0].startswith("template")):
        return "scope"
    return "function"


def _name(head):
    before = head.split("(", 1)[0].split()
    return before[-1] if before else "?"


def _matching(code, at):
    depth = 0
    for end in range(at, len(code)):
        if code[end] == "{":
            depth += 1
        elif code[end] == "}":
            depth -= 1
            if depth == 0:
                return end
    return len(code) - 1
