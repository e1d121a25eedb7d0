#!/usr/bin/env python3
"""What src/ical writes is read by Python's icalendar and by ical.js; what it reads is worked out by dateutil,
recurring_ical_events and ical.js too. Talks to $ONWARD_ICAL_PROBE, else build/ical_probe. Ends with `N passed, N failed`."""
import datetime as dt
import email
import email.policy
import io
import json
import os
import random
import subprocess
import sys
import zoneinfo

import icalendar
import recurring_ical_events
from dateutil import rrule, tz

HERE = os.path.dirname(os.path.abspath(__file__))
PROBE = os.path.abspath(os.environ.get("ONWARD_ICAL_PROBE", os.path.join(HERE, "..", "..", "build", "ical_probe")))
UTC = dt.timezone.utc
ZONES = ["Europe/Paris", "Europe/London", "Europe/Dublin", "Europe/Lisbon", "Europe/Istanbul", "Europe/Moscow",
         "America/New_York", "America/Los_Angeles", "America/Phoenix", "America/Sao_Paulo", "America/Santiago",
         "America/Havana", "America/St_Johns", "America/Godthab", "America/Asuncion", "America/Mexico_City",
         "Africa/Cairo", "Africa/Casablanca", "Africa/Johannesburg", "Asia/Jerusalem", "Asia/Beirut", "Asia/Gaza",
         "Asia/Tehran", "Asia/Kolkata", "Asia/Kathmandu", "Asia/Tokyo", "Australia/Sydney", "Australia/Lord_Howe",
         "Australia/Perth", "Pacific/Auckland", "Pacific/Chatham", "Pacific/Apia", "Pacific/Easter", "UTC"]
passed, failed = 0, 0


def expect(what, found, wanted):
    global passed, failed
    if found == wanted:
        passed += 1
        return
    failed += 1
    if failed <= 40:
        print(f"{what}:\n  found  {str(found)[:600]}\n  wanted {str(wanted)[:600]}")


def ask(command, requests):
    """One answer a request, or the suite ends."""
    done = subprocess.run(command, input="".join(json.dumps(r) + "\n" for r in requests), capture_output=True, text=True,
                          timeout=600, env={**os.environ, "TZ": "Pacific/Kiritimati"})
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    if done.returncode != 0 or len(answers) != len(requests):
        print(done.stderr[-2000:])
        sys.exit(f"{command}: {len(answers)} answers to {len(requests)} requests, exit {done.returncode}")
    return answers


def probe(requests):
    return ask([PROBE], requests)


def ical_js(requests):
    return ask(["node", os.path.join(HERE, "read_events.mjs")], requests)


def stamp(t):
    return t.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def ms(t):
    return int(t.timestamp()) * 1000


def changes(zone, year):
    """The hours in which the offset changes, found by looking at every one."""
    at, out = dt.datetime(year, 1, 1, tzinfo=UTC), []
    info = zoneinfo.ZoneInfo(zone)
    while at.year == year:
        if (at + dt.timedelta(hours=1)).astimezone(info).utcoffset() != at.astimezone(info).utcoffset():
            out.append(at)
        at += dt.timedelta(hours=1)
    return out


def event(uid, start, end, zone, **more):
    return {"uid": uid, "start": stamp(start), "end": stamp(end), "zone": zone, "summary": "Talk",
            "organizer": {"name": "Claire Martin", "email": "claire@firm.example"},
            "attendees": [{"name": "Ann Lee", "email": "ann@example.org"}], **more}


def moments():
    """(zone, start, end): around every change of two years, minutes, hours and days to either side, and in between."""
    for zone in ZONES:
        for year in (2026, 2031):
            times = [dt.datetime(year, month, 15, 9, 0, tzinfo=UTC) for month in (1, 4, 7, 10)]
            for change in changes(zone, year):
                times += [change + dt.timedelta(minutes=m) for m in (-2880, -61, -46, -30, -1, 0, 1, 15, 59, 60, 61, 2880)]
            for t in times:
                yield zone, t, t + dt.timedelta(minutes=45)


def written():
    """Instants survive the trip through text, as third parties read it, whatever the clocks do."""
    cases = list(moments())
    requests = [{"do": "write", "method": "REQUEST", "events": [event(f"e{i}@firm.example", s, e, z)]}
                for i, (z, s, e) in enumerate(cases)]
    texts = [a["text"] for a in probe(requests)]
    expect("cases", len(cases) > 900, True)
    for (zone, start, end), text, js in zip(cases, texts, ical_js(texts)):
        what = f"{zone} {stamp(start)}"
        if "error" in js:
            expect(what, js, "events")
            continue
        expect(f"ical.js: {what}", (js[0]["start"], js[0]["end"], js[0]["method"]), (ms(start), ms(end), "REQUEST"))
        calendar = icalendar.Calendar.from_ical(text)
        found = next(iter(calendar.walk("VEVENT")))
        expect(f"icalendar: {what}", tuple(ms(as_instant(calendar, found, n)) for n in ("DTSTART", "DTEND")),
               (ms(start), ms(end)))


def as_instant(calendar, found, name):
    """The instant by the zone that the calendar itself defines, as dateutil reads it: not by the name of the zone."""
    value = found[name].dt
    tzid = found[name].params.get("TZID")
    if tzid is None or tzid == "UTC":
        return value.astimezone(UTC)
    return dateutil_zone(calendar, tzid, value.replace(tzinfo=None))


def dateutil_zone(calendar, tzid, wall):
    part = next(z for z in calendar.walk("VTIMEZONE") if z["TZID"] == tzid)
    zone = tz.tzical(io.StringIO(part.to_ical().decode())).get(tzid)
    return wall.replace(tzinfo=zone, fold=0)


def mails():
    """Invitations and cancellations as whole mails, read by Python's email and icalendar: the calendar is there as an
    alternative and as a file, both the same, with the method in the type and in the calendar."""
    asked = []
    for zone, start, end in moments():
        for number, method in enumerate(["REQUEST", "CANCEL"]):
            asked.append((method, start, end, {"do": "mail", "method": method, "subject": "Entretien à 11 h ; « là »",
                "body": "Bonjour\n.\nFrom here", "event": event(f"apt_{len(asked)}@onward.example", start, end, zone,
                    sequence=number, organizer={"name": "Zoé, Martin", "email": "zoe@firm.example"},
                    attendees=[{"name": "Ann \"A\" Lee", "email": "ann@example.org"}])}))
    for (method, start, end, request), answer in zip(asked, probe([a[3] for a in asked])):
        raw = answer["text"].encode()
        mail = email.message_from_bytes(raw, policy=email.policy.default)
        expect("types of an invitation", [p.get_content_type() for p in mail.walk()],
               ["multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar", "application/ics"])
        expect("no fault in it", [p.defects for p in mail.walk() if p.defects], [])
        expect("lines of it", max(len(line) for line in raw.split(b"\r\n")) <= 998 and b"\n" not in raw.replace(b"\r\n", b""), True)
        part, file = [p for p in mail.walk() if p.get_content_type() in ("text/calendar", "application/ics")]
        expect("method of the part", part["content-type"].params.get("method"), method)
        expect("file", file.get_filename(), "cancel.ics" if method == "CANCEL" else "invite.ics")
        text = part.get_content().replace("\r\n", "\n")
        expect("the same twice", file.get_content().decode().replace("\r\n", "\n"), text)
        calendar = icalendar.Calendar.from_ical(text)
        found = calendar.walk("VEVENT")[0]
        expect("method", calendar["METHOD"], method)
        expect("sequence", int(found["SEQUENCE"]), request["event"]["sequence"])
        expect("status", str(found["STATUS"]), "CANCELLED" if method == "CANCEL" else "CONFIRMED")
        expect("organizer is the sender", str(found["ORGANIZER"]).lower(), "mailto:" + mail["from"].addresses[0].addr_spec)
        expect("start", as_instant(calendar, found, "DTSTART"), start)
        expect("end", as_instant(calendar, found, "DTEND"), end)


def long_feeds():
    """One VTIMEZONE serves events of many years."""
    requests, wanted = [], []
    for zone in ZONES:
        times = [dt.datetime(y, m, 10, 8, 30, tzinfo=UTC) for y in range(2024, 2034) for m in range(1, 13)]
        wanted.append([ms(t) for t in times])
        requests.append({"do": "write", "events": [event(f"f{i}@x", t, t + dt.timedelta(hours=1), zone)
                                                   for i, t in enumerate(times)]})
    texts = [a["text"] for a in probe(requests)]
    for zone, text, js, instants in zip(ZONES, texts, ical_js(texts), wanted):
        expect(f"ten years in {zone}", [e["start"] for e in js] if isinstance(js, list) else js, instants)
        expect(f"zones of {zone}", text.count("BEGIN:VTIMEZONE"), 0 if zone == "UTC" else 1)


def hostile_text():
    """Whatever people type comes back as it was, and never as a line."""
    samples = ["a\r\nATTENDEE:mailto:evil@example.net", "x\nEND:VEVENT\nBEGIN:VEVENT", "semi;comma,back\\slash\\x",
               "é" * 200, "日本語のとても長い題名" * 12, "👩‍👩‍👧‍👦" * 30, "tab\there", "\x00\x07nul", "\u2028line\u2029sep\u0085nel",
               '";X=1:evil', "^n^'^^", "a" * 74, "a" * 75, "a" * 76, " lead and trail ", "=?utf-8?q?x?=", "<b>&amp;</b>"]
    start = dt.datetime(2026, 3, 30, 7, 0, tzinfo=UTC)
    requests = [{"do": "write", "method": "REQUEST", "events": [event(
        "h@x", start, start + dt.timedelta(hours=1), "Europe/Paris", summary=s, description=s * 3, location=s,
        categories=[s], attendees=[{"name": s, "email": "ann+x@example.org"}])]} for s in samples]
    texts = [a["text"] for a in probe(requests)]
    for s, text, js in zip(samples, texts, ical_js(texts)):
        body = s.replace("\r\n", "\n").replace("\x00", "").replace("\x07", "")
        for c in "\u2028\u2029\u0085":
            body = body.replace(c, "\n")
        name = body.replace("\n", " ").replace("\t", " ").replace('"', "'")
        raw = text.encode()
        expect(f"line ends of {s!r}", raw.count(b"\n") == raw.count(b"\r\n") == raw.count(b"\r"), True)
        expect(f"octets of {s!r}", max(len(line) for line in raw.split(b"\r\n")) <= 75, True)
        expect(f"characters of {s!r}", all(is_utf8(line) for line in raw.split(b"\r\n")), True)
        found = list(icalendar.Calendar.from_ical(text).walk("VEVENT"))
        expect(f"events of {s!r}", (len(found), len(js), js[0]["properties"]), (1, 1, 13))
        expect(f"icalendar: {s!r}", (str(found[0]["SUMMARY"]), str(found[0]["DESCRIPTION"])), (body, body * 3))
        expect(f"ical.js: {s!r}", (js[0]["summary"], js[0]["location"]), (body, body))
        expect(f"ical.js, attendee: {s!r}", js[0]["attendees"], [{"cn": name, "to": "mailto:ann+x@example.org"}])


def is_utf8(raw):
    try:
        return raw.decode() is not None
    except UnicodeDecodeError:
        return False


def refused():
    """No address or link that could carry something else."""
    start = dt.datetime(2026, 3, 30, 7, 0, tzinfo=UTC)
    end = start + dt.timedelta(hours=1)
    bad = [({"attendees": [{"email": "a@x.fr\r\nX: 1"}]}, "/events/0/attendees/0/person/email"),
           ({"organizer": {"email": "not an address"}}, "/events/0/organizer/email"),
           ({"url": "javascript:alert(1)"}, "/events/0/url"), ({"url": "https://x.fr/\r\nX:1"}, "/events/0/url"),
           ({"uid": "a b"}, "/events/0/uid"), ({"uid": "a\nb"}, "/events/0/uid"), ({"attendees": []}, "/events/0/attendees")]
    for (change, at), answer in zip(bad, probe([{"do": "write", "method": "REQUEST", "events": [
            {**event("r@x", start, end, "UTC"), **change}]} for change, _ in bad])):
        expect(f"refusal of {change}", answer.get("at"), at)


DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]


def random_rule(rng):
    freq = rng.choice(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"])
    parts = [f"FREQ={freq}"]
    if rng.random() < 0.5:
        parts.append(f"INTERVAL={rng.choice([1, 2, 3, 4, 5, 7, 13])}")
    pick = lambda values, most: ",".join(str(v) for v in sorted(rng.sample(values, rng.randint(1, most))))
    by = False
    if rng.random() < 0.55:
        days = rng.sample(DAYS, rng.randint(1, 4))
        if freq in ("MONTHLY", "YEARLY") and rng.random() < 0.6:
            days = [f"{rng.choice([1, 2, 3, 4, 5, -1, -2, -5])}{d}" for d in days]
        parts.append("BYDAY=" + ",".join(days))
        by = True
    if rng.random() < 0.35 and freq != "WEEKLY":
        parts.append("BYMONTHDAY=" + pick([1, 2, 5, 13, 15, 28, 29, 30, 31, -1, -2, -15, -31], 4))
        by = True
    if rng.random() < 0.35:
        parts.append("BYMONTH=" + pick(list(range(1, 13)), 4))
        by = True
    if by and rng.random() < 0.25 and freq in ("MONTHLY", "YEARLY"):
        parts.append("BYSETPOS=" + pick([1, 2, 3, -1, -2, 5], 2))
    if freq == "WEEKLY" and rng.random() < 0.5:
        parts.append(f"WKST={rng.choice(DAYS)}")
    limit = rng.random()
    start = dt.datetime(2020, 1, 1, 9, 30) + dt.timedelta(days=rng.randint(0, 1500))
    if limit < 0.3:
        parts.append(f"COUNT={rng.randint(1, 60)}")
    elif limit < 0.6:
        parts.append("UNTIL=" + (start + dt.timedelta(days=rng.randint(0, 1500), hours=rng.randint(-3, 3))).strftime("%Y%m%dT%H%M%S"))
    rng.shuffle(parts)
    return ";".join(parts), start


def rules():
    """Rules by the thousand: ours against dateutil's."""
    rng = random.Random(20260330)
    cases = [random_rule(rng) for _ in range(1200)]
    cases += [("FREQ=YEARLY", dt.datetime(2020, 2, 29, 9)), ("FREQ=MONTHLY", dt.datetime(2020, 1, 31, 9)),
              ("FREQ=YEARLY;BYDAY=53FR,-53MO", dt.datetime(2020, 1, 1, 9)),
              ("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", dt.datetime(2020, 1, 1, 9)),
              ("FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", dt.datetime(1997, 8, 5, 9)),
              ("FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", dt.datetime(1997, 8, 5, 9))]
    windows = [("2019-01-01", "2028-01-01"), ("2026-02-03", "2026-05-09")]
    for first, last in windows:
        found = probe([{"do": "expand", "rule": rule, "start": start.isoformat(), "first": first, "last": last}
                       for rule, start in cases])
        begin, end = dt.datetime.fromisoformat(first), dt.datetime.fromisoformat(last) + dt.timedelta(hours=23, minutes=59)
        for (rule, start), answer in zip(cases, found):
            wanted = rrule.rrulestr(rule, dtstart=start).between(begin, end, inc=True)
            expect(f"{rule} from {start}, {first}..{last}", answer.get("starts"), [t.isoformat() for t in wanted])


def calendar_of(body):
    return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//EN\r\n" + body + "END:VCALENDAR\r\n"


def recurring_text(rng, zone):
    rule, start = random_rule(rng)
    start += dt.timedelta(days=(DAYS.index("MO") - start.weekday()) % 7)
    rule = ";".join(p for p in rule.split(";") if not p.startswith(("UNTIL", "COUNT")))
    if rng.random() < 0.4:
        rule += f";UNTIL={rng.randint(2024, 2027)}0701T120000Z"
    first = rrule.rrulestr(rule, dtstart=start, ignoretz=True).after(start - dt.timedelta(minutes=1))
    start = (first or start).replace(hour=rng.randint(6, 20))  # a DTSTART outside its own rule has no defined meaning
    some = rrule.rrulestr(";".join(p for p in rule.split(";") if not p.startswith("UNTIL")), dtstart=start)
    gone = rng.sample(list(some[:40]), k=min(3, len(list(some[:40])))) if rng.random() < 0.5 else []
    at = lambda t: f";TZID={zone}:{t.strftime('%Y%m%dT%H%M%S')}"
    text = f"BEGIN:VEVENT\r\nUID:r@x\r\nDTSTAMP:20200101T000000Z\r\nDTSTART{at(start)}\r\nDTEND{at(start + dt.timedelta(hours=1))}\r\n"
    text += f"RRULE:{rule}\r\n" + "".join(f"EXDATE{at(t)}\r\n" for t in gone) + "END:VEVENT\r\n"
    return text


def recurring_events():
    """Whole events in zones: against recurring_ical_events (by pytz) for what is busy."""
    rng = random.Random(42)
    begin, end = dt.datetime(2026, 1, 1, tzinfo=UTC), dt.datetime(2027, 1, 1, tzinfo=UTC)
    texts = []
    for i in range(200):
        zone = rng.choice(ZONES[:-1])
        texts.append(calendar_of(recurring_text(rng, zone)))
    found = probe([{"do": "busy", "text": t, "from": stamp(begin), "to": stamp(end)} for t in texts])
    for text, answer in zip(texts, found):
        parts = recurring_ical_events.of(icalendar.Calendar.from_ical(text)).between(begin, end)
        wanted = sorted(ms(p["DTSTART"].dt) for p in parts)
        expect(f"starts of\n{text}", [b[0] for b in answer.get("busy", [])], wanted)
        expect(f"problems of\n{text}", answer.get("problems"), [])


def embedded_zones():
    """A VTIMEZONE under a name nobody knows: ours against ical.js, which reads the same definition."""
    times, texts = [], []
    base = dt.datetime(2026, 1, 12, 9, 0, tzinfo=UTC)
    own = probe([{"do": "write", "events": [event("z@x", base, base + dt.timedelta(hours=1), zone)]} for zone in ZONES[:-1]])
    rng = random.Random(7)
    for zone, answer in zip(ZONES, own):
        text = answer["text"].replace(f"TZID:{zone}", "TZID:Our own clock").replace(f"TZID={zone}", "TZID=Our own clock")
        lines = [line for line in text.split("\r\n")]
        rule = rng.choice(["FREQ=DAILY;INTERVAL=3", "FREQ=WEEKLY;BYDAY=MO,TH", "FREQ=MONTHLY;BYDAY=-1MO,2MO"])
        lines.insert(lines.index("END:VEVENT"), f"RRULE:{rule}")
        texts.append("\r\n".join(lines))
        times.append(zone)
    end = base + dt.timedelta(days=360)
    found = probe([{"do": "busy", "text": t, "from": stamp(base), "to": stamp(end)} for t in texts])
    wanted = ical_js([{"expand": t, "from": ms(base), "to": ms(end)} for t in texts])
    for zone, text, answer, instants in zip(times, texts, found, wanted):
        expect(f"embedded {zone}\n{text}", [b[0] for b in answer.get("busy", [])], instants)


def cards():
    """A vCard as ical.js reads it: every value as it was, nothing that was not put in."""
    request = {"do": "card", "uid": "adv_1", "name": "Claire; Martin,\r\nEMAIL:evil@x.fr", "family_name": "Martin",
               "given_name": "Claire", "title": "Adviser " * 20, "organization": "Firm, Ltd", "unit": "Lyon; centre",
               "email": "claire@firm.example", "phone": "+33123456789", "url": "https://firm.example/c",
               "zone": "Europe/Paris", "languages": ["fr", "en"]}
    text = probe([request])[0]["text"]
    expect("lines of a card", max(len(line) for line in text.encode().split(b"\r\n")) <= 75, True)
    found = ical_js([{"card": text}])[0]
    expect("properties of a card", [name for name, _ in found] if isinstance(found, list) else found,
           ["version", "kind", "uid", "fn", "n", "title", "org", "email", "tel", "url", "tz", "lang", "lang", "rev"])
    values = dict(found)
    expect("name of a card", values["fn"], "Claire; Martin,\nEMAIL:evil@x.fr")
    expect("parts of a name", values["n"], "Martin,Claire,,,")
    expect("parts of a firm", values["org"], "Firm, Ltd,Lyon; centre")
    expect("title of a card", values["title"], "Adviser " * 20)
    expect("addresses of a card", (values["email"], values["tel"], values["url"]),
           ("claire@firm.example", "tel:+33123456789", "https://firm.example/c"))


for part in (written, mails, long_feeds, hostile_text, refused, rules, recurring_events, embedded_zones, cards):
    before = passed + failed
    part()
    print(f"{part.__name__}: {passed + failed - before} checks")
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
