#!/usr/bin/env python3
"""Articles as other people's programs read them: the built program ($ONWARD_BIN, else build/onward) is filled through its
API with hostile texts in every field, and what it gives the public is read by Python's HTML and XML parsers, by Node's
JSON.parse, and by Python's markdown-it where that is installed. Ends with `N passed, N failed`."""
import contextlib
import datetime
import gzip
import html.parser
import json
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
import xml.etree.ElementTree as xml

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
BIN = os.path.abspath(os.environ.get("ONWARD_BIN", os.path.join(ROOT, "build", "onward")))
ATOM, SITEMAP = "{http://www.w3.org/2005/Atom}", "{http://www.sitemaps.org/schemas/sitemap/0.9}"
PAGE_MOST = 20_000  # bytes, compressed, with its style sheet
VOID = {"meta", "link", "br", "hr", "input", "img", "use"}
HOSTILE = [
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\"><svg onload=alert(1)>",
    "' onmouseover='alert(1)",
    "<!--<script>",
    "]]><script>alert(1)</script><![CDATA[",
    "{{{jsonld}}} {{title}} {{> _bottom}}",
    "](javascript:alert(1)) [x](javascript:alert(1))",
    "&lt;script&gt;alert(1)&lt;/script&gt; &#60;script&#62;",
    "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>&e;",
    "\\`<script>alert(1)</script>\\`",
    "``` <script>alert(1)</script>",
    "</title></head><body onload=alert(1)>",
    "\ufffe\uffff\u202e<b>",
]
passed, failed = 0, 0


def expect(what, found, wanted=True):
    global passed, failed
    if found == wanted:
        passed += 1
        return
    failed += 1
    print(f"{what}:\n  found  {str(found)[:300]}\n  wanted {str(wanted)[:300]}")


class Reader(html.parser.HTMLParser):
    """What a browser would run or follow."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.tags, self.blocks, self.links, self.handlers, self.open, self.unbalanced = [], [], [], [], [], []
        self.meta, self.words = {}, ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        at = dict(attrs)
        self.handlers += [name for name, _ in attrs if name.startswith("on") or name == "style"]
        self.links += [value or "" for name, value in attrs if name in ("href", "src", "action")]
        if tag == "script":
            self.blocks.append([at.get("type"), ""])
        if tag == "meta" and "name" in at:
            self.meta[at["name"]] = at.get("content")
        if tag == "link":
            self.meta.setdefault("link:" + at.get("rel", ""), []).append(at)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.unbalanced.append(tag)

    def handle_data(self, data):
        if self.open and self.open[-1] == "script":
            self.blocks[-1][1] += data
        else:
            self.words += data


def parsed_by_node(text):
    """JSON.parse of Node, as JSON for Python's own parser: both have to agree."""
    done = subprocess.run(["node", "-e", "process.stdout.write(JSON.stringify(JSON.parse(require('fs').readFileSync(0,'utf8'))))"],
                          input=text, capture_output=True, text=True, timeout=60)
    return json.loads(done.stdout) if done.returncode == 0 else None


class House:
    def __init__(self, *arguments):
        self.data = tempfile.mkdtemp(prefix="onward-articles-")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.child = subprocess.Popen([BIN, "serve", "--data", self.data, *arguments, "--listen", f"127.0.0.1:{port}"],
                                      stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        line = self.child.stdout.readline()
        assert "Onward is ready" in line, line
        done = subprocess.run([BIN, "key", "create", "--data", self.data, "--role", "owner"], capture_output=True, text=True,
                              timeout=60, check=True)
        self.key = done.stdout.strip()

    def stop(self):
        self.child.terminate()
        self.child.wait(timeout=60)
        shutil.rmtree(self.data, ignore_errors=True)

    def get(self, path, headers=None, method="GET"):
        request = urllib.request.Request(self.url + path, headers={"User-Agent": "suite/1", **(headers or {})}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read()

    def text(self, path):
        status, _, body = self.get(path)
        assert status == 200, (path, status)
        return body.decode("utf-8")

    def api(self, method, path, body=None, headers=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/api/v1{path}", data=data, method=method, headers={
            "Authorization": f"Bearer {self.key}", "Content-Type": "application/json", **(headers or {})})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.headers, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, error.headers, json.load(error)


def check_page(what, text, blocks=1):
    page = Reader(text)
    expect(f"{what}: no script but data", [b[0] for b in page.blocks], ["application/ld+json"] * blocks)
    expect(f"{what}: no handlers", page.handlers, [])
    expect(f"{what}: every tag is closed", (page.unbalanced, page.open), ([], []))
    schemes = {link.split(":", 1)[0].lower() for link in page.links if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", link)}
    expect(f"{what}: links", schemes <= {"http", "https", "mailto", "tel"})
    for tag in ("iframe", "object", "embed", "img", "svg", "form", "base", "style"):
        expect(f"{what}: no <{tag}>", tag in page.tags, False)
    return page


def nodes(page):
    graph = parsed_by_node(page.blocks[0][1])
    expect("JSON-LD is the same to Node and Python", graph, json.loads(page.blocks[0][1]))
    out = {}
    for node in graph["@graph"]:
        out.setdefault(node["@type"], []).append(node)
    return out


def demonstration(house):
    """The shipped articles: complete, small, found by every machine in its own way."""
    index = check_page("index", house.text("/articles/"))
    urls = [e.text for e in xml.fromstring(house.text("/sitemap.xml")).iter(f"{SITEMAP}loc")]
    articles = [u[len(house.url):] for u in urls if "/articles/" in u and "?" not in u]
    expect("articles in the site map", len(articles), 6)
    expect("the index has a business with hours", len(nodes(index)["LocalBusiness"][0]["openingHoursSpecification"]), 5)
    css = len(gzip.compress(house.get(index.meta["link:stylesheet"][0]["href"])[2]))
    for path in articles:
        text = house.text(path)
        page = check_page(path, text)
        expect(f"{path} is small", len(gzip.compress(text.encode())) + css < PAGE_MOST)
        found = nodes(page)
        article, faq = found["Article"][0], found["FAQPage"][0]
        expect(f"{path} names itself", (article["url"], page.meta["link:canonical"][0]["href"]), (house.url + path,) * 2)
        expect(f"{path} has author, dates, sources", all(article.get(k) for k in ("author", "datePublished", "dateModified", "citation")))
        datetime.datetime.fromisoformat(article["datePublished"])
        expect(f"{path} has questions", len(faq["mainEntity"]) >= 2)
        for question in faq["mainEntity"]:
            expect(f"{path} shows what it tells machines", question["name"] in page.words and
                   question["acceptedAnswer"]["text"].split(".")[0] in page.words)
        alternates = {a["hreflang"] for a in page.meta["link:alternate"] if "hreflang" in a}
        expect(f"{path} has translations", alternates, {"en", "fr"})
        twin = house.text(path + ".md")
        expect(f"{path}.md begins with the title", twin.startswith("# " + article["headline"]))
        expect(f"{path}.md names author and source", article["author"]["name"] in twin and article["citation"][0]["url"] in twin)
        expect(f"{path}.md is in llms.txt", f"{house.url}{path}.md" in house.text("/llms.txt"))


def feed(house):
    for language in ("en", "fr"):
        root = xml.fromstring(house.text(f"/articles/atom.xml?language={language}"))
        expect("feed has what RFC 4287 asks for", all(root.find(ATOM + t) is not None for t in ("id", "title", "updated")))
        for entry in root.iter(f"{ATOM}entry"):
            expect("an entry too", all(entry.find(ATOM + t) is not None for t in ("id", "title", "updated", "author", "link", "summary")))
            datetime.datetime.fromisoformat(entry.find(ATOM + "updated").text.replace("Z", "+00:00"))
            status, _, _ = house.get(entry.find(ATOM + "link").get("href")[len(house.url):])
            expect("its link leads there", status, 200)


def hostile(house):
    """Every field of an article, every form of it."""
    for n, bad in enumerate(HOSTILE):
        line = bad.replace("\u202e", "")
        body = {"title": f"{n} {line}", "language": "en", "slug": f"hostile-{n}", "summary": line, "body": f"{bad}\n\n```\n{bad}\n```\n",
                "author_name": line, "author_credentials": line, "reviewed_by": line, "topics": [line[:60]],
                "sources": [{"title": line, "url": "https://example.org/?a=b&c='d'"}], "faq": [{"question": line, "answer": bad}]}
        status, _, made = house.api("POST", "/articles", body)
        if status == 400:  # links to nowhere good are refused in the text; everywhere else they are only words
            expect(f"{bad!r} is refused as a link", made["errors"][0]["code"], "link")
            body["body"], body["faq"][0]["answer"] = "Text.", "Answer."
            status, _, made = house.api("POST", "/articles", body)
        expect(f"{bad!r} is kept", status, 201)
        if status != 201:
            continue
        expect("and published", house.api("POST", f"/articles/{made['id']}/publish")[0], 200)
        page = check_page(f"page of {bad!r}", house.text(f"/articles/hostile-{n}"))
        found = nodes(page)
        expect(f"{bad!r} is told as it is", found["Article"][0]["headline"], body["title"])
        expect(f"{bad!r} is shown as it is", body["title"] in page.words)
        check_twin(house.text(f"/articles/hostile-{n}.md"), bad)
    check_page("index of hostile ones", house.text("/articles/"))
    titles = [e.text for e in xml.fromstring(house.text("/articles/atom.xml")).iter(f"{ATOM}title")]
    expect("the feed tells titles as they are", any(t.endswith(HOSTILE[0]) for t in titles))
    xml.fromstring(house.text("/sitemap.xml"))
    check_twin(house.text("/llms.txt"), "llms.txt")


def check_twin(text, name):
    try:
        from markdown_it import MarkdownIt
    except ImportError:  # then by the plain rule: outside of code nothing begins a tag
        outside = re.sub(r"```.*?```", "", text, flags=re.S)
        expect(f"twin of {name!r}: nothing begins a tag", re.findall(r"(?<!`)<(?!https?:)[A-Za-z/!?]", outside), [])
        return
    page = Reader(MarkdownIt("commonmark", {"html": True}).render(text))
    expect(f"twin of {name!r}: no script", ("script" in page.tags, page.handlers), (False, []))
    expect(f"twin of {name!r}: no bad link", [u for u in page.links if u.lower().startswith(("javascript", "data", "vbscript"))], [])


def conditional(house):
    path = "/articles/preparing-a-first-talk"
    status, headers, _ = house.get(path)
    expect("a page has a tag and a date", (status, bool(headers["ETag"]), bool(headers["Last-Modified"])), (200, True, True))
    expect("it sets no cookie", headers["Set-Cookie"], None)
    for header, value in (("If-None-Match", headers["ETag"]), ("If-Modified-Since", headers["Last-Modified"])):
        status, again, body = house.get(path, {header: value})
        expect(f"{header} is answered", (status, body, again["ETag"]), (304, b"", headers["ETag"]))
    status, headers, _ = house.get(path + ".md")
    expect("the twin is Markdown", headers["Content-Type"], "text/markdown; charset=utf-8")
    expect("and names the page", headers["Link"], f'<{house.url}{path}>; rel="canonical"')
    for bad in ("/articles/none", "/articles/none.md", "/articles/..%2f", "/articles/%00", "/articles/a%0d%0aSet-Cookie:x"):
        expect(f"{bad} is nothing", house.get(bad)[0] in (400, 404))
    status, headers, _ = house.get("/articles/?language=//evil.example&topic=%0d%0aX:y&page=9e9")
    expect("odd wishes are harmless", (status, headers["X"]), (200, None))


def visits(house):
    path = "/articles/choosing-between-two-advisers"
    article = next(a for a in house.api("GET", "/articles?limit=200")[2]["data"] if path.endswith(a["slug"]))
    before = house.api("GET", f"/articles/{article['id']}/visits")[2]["totals"]
    secret = "Mozilla/5.0 (compatible; GPTBot/1.2; SECRETAGENT)"
    house.get(path, {"User-Agent": secret, "Referer": "https://secret.example/SECRETPLACE"})
    house.get(path + ".md", {"User-Agent": "Claude-User/1.0"})
    house.get(path, {"User-Agent": "Mozilla/5.0 (X11) Firefox/1.0", "Referer": "https://chatgpt.com/c/SECRETPLACE", "Cookie": "SECRETCOOKIE=1"})
    house.get(path, {"User-Agent": secret}, method="HEAD")
    status, headers, after = house.api("GET", f"/articles/{article['id']}/visits")
    gained = {k: after["totals"][k] - before[k] for k in before}
    expect("three visits by their kinds", gained, {"all": 3, "people": 1, "ai": 2, "ai_referrals": 1})
    database = sqlite3.connect(f"file:{house.data}/onward.db?mode=ro", uri=True)
    with contextlib.closing(database):
        rows = database.execute("SELECT * FROM article_visit").fetchall()
    expect("nothing of the visitor is kept", [r for r in rows if "SECRET" in repr(r).upper() or "127.0.0.1" in repr(r)], [])


def editing(house):
    _, _, made = house.api("POST", "/articles", {"title": "Editing", "language": "en", "summary": "s", "body": "one"})
    at = f"/articles/{made['id']}"
    tag = house.api("GET", at)[1]["ETag"]
    expect("with the right tag", house.api("PATCH", at, {"body": "two"}, {"If-Match": tag})[0], 200)
    expect("with the old one", house.api("PATCH", at, {"body": "three"}, {"If-Match": tag})[0], 412)
    house.api("POST", at + "/publish")
    expect("public", house.get("/articles/editing")[0], 200)
    house.api("POST", at + "/withdraw")
    expect("withdrawn", (house.get("/articles/editing")[0], house.get("/articles/editing.md")[0]), (410, 410))


house = House("--demo")
try:
    for part in (demonstration, feed, conditional, visits, editing, hostile):
        try:
            part(house)
        except Exception as error:  # pylint: disable=broad-except
            expect(f"{part.__name__} goes through", repr(error), "")
finally:
    house.stop()
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
