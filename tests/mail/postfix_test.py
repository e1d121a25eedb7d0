#!/usr/bin/python3
"""postfix_test.py MAIL_PROBE: what we send must survive a real mail server and be read as intended by a parser of others.

Starts a throw-away Postfix on a loopback port (own configuration, queue and mailbox in a temporary directory), lets
mail_probe send through SmtpCourier, reads the delivered maildir with Python's email package (policy "default") and
compares every field with the intention. Needs root, postfix and Python 3.11. Exit 0: all as intended.
"""
import datetime
import email
import email.header
import email.policy
import email.utils
import json
import os
import pathlib
import pwd
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time

DATE_MS = 1774857600000  # 2026-03-30T08:00:00Z
EMOJI = "\N{PARTY POPPER}"

CASES = [
    {"name": "plain", "subject": "Your appointment", "text": "Hello,\n\nsee you on Monday.\n"},
    {"name": "text and html", "subject": "Grüße aus Köln", "text": "Grüße\n", "html": "<p>Grüße &amp; mehr</p>\n"},
    {"name": "emoji subject", "subject": f"{EMOJI} Congratulations {EMOJI} on your {EMOJI * 30} policy", "text": "x\n"},
    {"name": "long subject", "subject": "word " * 60 + "end", "text": "x\n"},
    {"name": "one long word", "subject": "W" * 400, "text": "x\n"},
    {"name": "many alphabets", "subject": "日本語の件名 と とても長い件名です " * 6 + "اَلْعَرَبِيَّةُ", "text": "日本語\n", "html": "<b>日本語</b>\n"},
    {"name": "spaces", "subject": "two  spaces   inside", "text": "trailing blank \nand tab\t\n\n\n"},
    {"name": "looks encoded", "subject": "=?utf-8?Q?not_encoded?= really", "text": "x\n"},
    {"name": "names", "from_name": 'Doe, "Jane" (Agency) \\ Co.', "to_name": "Ümläut-Gräfin von und zu " * 5 + "Ende",
     "subject": "names", "text": "x\n"},
    {"name": "long ascii name", "from_name": "A very long name of an agency, " * 8 + "Ltd.", "subject": "n", "text": "x\n"},
    {"name": "thread", "subject": "Re: thread", "text": "x\n", "in_reply_to": "last.one@other.example",
     "references": [f"message.number.{i}.of.the.thread@other.example" for i in range(30)] + ["last.one@other.example"]},
    {"name": "unsubscribe", "subject": "News", "text": "x\n", "html": "<p>x</p>\n",
     "list_unsubscribe_url": "https://agency.example/unsubscribe/" + "k3y" * 60 + "?a=1&b=%20"},
    {"name": "short unsubscribe", "subject": "News", "text": "x\n", "list_unsubscribe_url": "https://a.example/u/1"},
    {"name": "language and extra", "subject": "l", "text": "x\n", "language": "pt-BR", "reply_to": "reply@agency.example",
     "extra": "draft; reviewed by a person; " + "model " * 30 + "end"},
    {"name": "by a person", "subject": "p", "text": "x\n", "auto_submitted": False},
    {"name": "dots", "subject": "dots", "text": ".\n..\n.a\n\n.\n", "html": ".\n<p>.</p>\n.\n"},
    {"name": "smuggling", "subject": "s", "html": "<p>x</p>\n",
     "text": "before\n.\nMAIL FROM:<evil@x.example>\nRCPT TO:<box@sink.example>\nDATA\nSubject: smuggled\n\nx\n.\nafter\n"},
    {"name": "smuggling with bare ends", "subject": "s", "text": "a\r.\rMAIL FROM:<evil@x.example>\r\n.\r\rQUIT\n",
     "seen_text": "a\n.\nMAIL FROM:<evil@x.example>\n.\n\nQUIT\n"},
    {"name": "injection", "subject": "hi\r\nBcc: victim@x.example\r\n\r\nbody", "seen_subject": "hi Bcc: victim@x.example body",
     "from_name": "Eve\r\nX-Evil: 1", "seen_from_name": "Eve X-Evil: 1", "text": "x\n",
     "extra": "v\r\nX-Evil: 1", "seen_extra": "v X-Evil: 1"},
    {"name": "long lines", "subject": "l", "text": "y" * 5000 + "\n" + "ü" * 3000 + "\n", "html": "<p>" + "z" * 20000 + "</p>\n"},
    {"name": "from line", "subject": "f", "text": "From the start\nFrom here\n>From there\n"},
    {"name": "big", "subject": "b", "text": "0123456789 äöü\n" * 40000},
]


def complete(number, case):
    message = {"touch": number, "from_address": "advisor@agency.example", "to_address": "box@sink.example",
               "message_id": f"t{number}.mac@agency.example", "date_ms": DATE_MS, "html": "", "from_name": "", "to_name": "",
               "auto_submitted": True}
    message.update({k: v for k, v in case.items() if not k.startswith("seen_") and k != "name"})
    return message


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Postfix:
    def __init__(self, home):
        self.home, self.port = home, free_port()
        self.config, self.maildir = home / "config", home / "mail" / "box"
        for folder in ("config", "queue", "data", "mail"):
            (home / folder).mkdir()
        home.chmod(0o755)
        owner = pwd.getpwnam("postfix")
        os.chown(home / "data", owner.pw_uid, owner.pw_gid)
        nobody = pwd.getpwnam("nobody")
        os.chown(home / "mail", nobody.pw_uid, nobody.pw_gid)
        (self.config / "main.cf").write_text(f"""
compatibility_level = 3.6
queue_directory = {home}/queue
data_directory = {home}/data
mail_owner = postfix
maillog_file_prefixes = {home}
maillog_file = {home}/mail.log
myhostname = sink.test
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = loopback-only
inet_protocols = ipv4
alias_maps =
alias_database =
virtual_mailbox_domains = sink.example
virtual_mailbox_base = {home}/mail
virtual_mailbox_maps = inline:{{ box@sink.example=box/ }}
virtual_uid_maps = static:{nobody.pw_uid}
virtual_gid_maps = static:{nobody.pw_gid}
smtpd_recipient_restrictions = permit_mynetworks, reject
smtpd_forbid_bare_newline = yes
message_size_limit = 20000000
virtual_mailbox_limit = 0
smtputf8_enable = no
""")
        public = ("cleanup", "qmgr", "flush")
        services = "".join(f"{name}  unix  {'n' if name in public else '-'}  {'n' if name == 'virtual' else '-'}  n  {wake}  {limit}  {command}\n" for name, wake, limit, command in [
            ("cleanup", "-", "0", "cleanup"), ("qmgr", "300", "1", "qmgr"), ("rewrite", "-", "-", "trivial-rewrite"),
            ("bounce", "-", "0", "bounce"), ("defer", "-", "0", "bounce"), ("trace", "-", "0", "bounce"),
            ("verify", "-", "1", "verify"), ("flush", "1000?", "0", "flush"), ("proxymap", "-", "-", "proxymap"),
            ("error", "-", "-", "error"), ("retry", "-", "-", "error"), ("discard", "-", "-", "discard"),
            ("virtual", "-", "-", "virtual"), ("anvil", "-", "1", "anvil"), ("scache", "-", "1", "scache")])
        (self.config / "master.cf").write_text(
            f"127.0.0.1:{self.port}  inet  n  -  n  -  -  smtpd\npickup  unix  n  -  n  60  1  pickup\n"
            f"postlog  unix-dgram  n  -  n  -  1  postlogd\n{services}")

    def command(self, *words):
        return subprocess.run(["/usr/sbin/postfix", "-c", str(self.config), *words], capture_output=True, text=True)

    def __enter__(self):
        started = self.command("start")
        for _ in range(100):
            with socket.socket() as s:
                if s.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            time.sleep(0.1)
        self.command("stop")
        sys.exit(f"postfix did not start: {started.stderr}\n{self.log()}")

    def __exit__(self, *_):
        self.command("stop")

    def log(self):
        path = self.home / "mail.log"
        return path.read_text() if path.exists() else ""

    def delivered(self, count):
        end = time.monotonic() + 60
        files = []
        while time.monotonic() < end:
            files = list((self.maildir / "new").glob("*")) if self.maildir.exists() else []
            if len(files) >= count:
                break
            time.sleep(0.1)
        time.sleep(0.5)  # a message too many would come now
        return [f.read_bytes() for f in (self.maildir / "new").glob("*")]


class Checks:
    def __init__(self):
        self.failed = self.passed = 0

    def equal(self, where, got, wanted):
        if got == wanted:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAILED {where}\n  wanted {wanted!r:.300}\n  got    {got!r:.300}")


def raw_field(raw, name):
    """The field as it stands, folds included."""
    found = re.search(rb"(?mi)^" + name.encode() + rb":(.*(?:\n[ \t].*)*)", raw.split(b"\n\n", 1)[0])
    return found.group(1).decode() if found else None


def name_in(raw, field):
    """The display name. Python 3.11's structured parser keeps the blank between two encoded words, which RFC 2047 6.2 drops;
    its older functions do not, so the name is read with those."""
    name, _ = email.utils.parseaddr(re.sub(r"\n(?=[ \t])", "", raw_field(raw, field)).strip())
    return str(email.header.make_header(email.header.decode_header(name)))


def content_of(message, kind):
    part = message.get_body(preferencelist=(kind,))
    return part.get_content() if part else None


def check_message(checks, case, sent, raw):
    m = email.message_from_bytes(raw, policy=email.policy.default)
    at = case["name"]
    checks.equal(f"{at}: parser defects", [str(d) for p in m.walk() for d in p.defects], [])
    checks.equal(f"{at}: header defects", [str(d) for h in m.values() for d in getattr(h, "defects", [])], [])
    checks.equal(f"{at}: Subject", m["Subject"], case.get("seen_subject", case["subject"]))
    sender, to = m["From"].addresses[0], m["To"].addresses[0]
    checks.equal(f"{at}: From", (name_in(raw, "From"), sender.addr_spec),
                 (case.get("seen_from_name", sent["from_name"]), sent["from_address"]))
    checks.equal(f"{at}: To", (name_in(raw, "To"), to.addr_spec), (sent["to_name"], sent["to_address"]))
    checks.equal(f"{at}: Reply-To", str(m["Reply-To"]) if m["Reply-To"] else "", sent.get("reply_to", ""))
    checks.equal(f"{at}: Date", m["Date"].datetime, datetime.datetime.fromtimestamp(DATE_MS / 1000, datetime.timezone.utc))
    checks.equal(f"{at}: Message-ID", m["Message-ID"].strip(), f"<{sent['message_id']}>")
    checks.equal(f"{at}: In-Reply-To", (m["In-Reply-To"] or "").strip("<> "), sent.get("in_reply_to", ""))
    checks.equal(f"{at}: References", (m["References"] or "").split(), [f"<{r}>" for r in sent.get("references", [])])
    checks.equal(f"{at}: Content-Language", m["Content-Language"] or "", sent.get("language", ""))
    checks.equal(f"{at}: extra", m["X-Onward-Extra"] or "", case.get("seen_extra", sent.get("extra", "")))
    auto = sent["auto_submitted"]
    checks.equal(f"{at}: Auto-Submitted", m["Auto-Submitted"], "auto-generated" if auto else None)
    checks.equal(f"{at}: X-Auto-Response-Suppress", m["X-Auto-Response-Suppress"], "All" if auto else None)
    url = sent.get("list_unsubscribe_url")
    unfolded = raw_field(raw, "List-Unsubscribe")
    checks.equal(f"{at}: List-Unsubscribe", unfolded.strip() if unfolded else None, f"<{url}>" if url else None)
    checks.equal(f"{at}: List-Unsubscribe-Post", m["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click" if url else None)
    for foreign in ("Bcc", "X-Evil"):
        checks.equal(f"{at}: no {foreign}", m[foreign], None)
    checks.equal(f"{at}: text", content_of(m, "plain"), case.get("seen_text", sent["text"]))
    checks.equal(f"{at}: html", content_of(m, "html") or "", sent["html"])
    checks.equal(f"{at}: type", m.get_content_type(), "multipart/alternative" if sent["html"] else "text/plain")
    checks.equal(f"{at}: longest line <= 998", max(len(line) for line in raw.split(b"\n")) <= 998, True)


def run(probe, home):
    checks = Checks()
    sent = [complete(i + 1, c) for i, c in enumerate(CASES)]
    (home / "messages.json").write_text(json.dumps(sent))
    with Postfix(home) as postfix:
        out = subprocess.run([probe, "127.0.0.1", str(postfix.port), str(home / "messages.json")],
                             capture_output=True, text=True, timeout=120)
        print(out.stderr, end="")
        fates = {int(line.split()[0]): line.split()[1] for line in out.stdout.splitlines()}
        checks.equal("fates", fates, {m["touch"]: "0" for m in sent})
        mails = postfix.delivered(len(sent))
        checks.equal("messages delivered", len(mails), len(sent))
        by_id = {(raw_field(raw, "Message-ID") or "").strip(): raw for raw in mails}
        for case, message in zip(CASES, sent):
            raw = by_id.get(f"<{message['message_id']}>")
            if raw is None:
                checks.equal(f"{case['name']}: delivered", False, True)
            else:
                check_message(checks, case, message, raw)
        if checks.failed:
            print(postfix.log()[-4000:])
    return checks


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    home = pathlib.Path(tempfile.mkdtemp(prefix="onward-postfix-"))
    try:
        checks = run(sys.argv[1], home)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    print(f"{checks.passed} checks passed, {checks.failed} failed, {len(CASES)} messages")
    sys.exit(1 if checks.failed or not checks.passed else 0)


if __name__ == "__main__":
    main()
