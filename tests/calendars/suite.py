#!/usr/bin/env python3
"""Calendars outside: the built program ($ONWARD_BIN, else build/onward) reads and writes a real Radicale over a line that
is cut on purpose, reads an ICS address, and its feed is read by Python's icalendar and by ical.js, what it writes by
tsdav. Ends with `N passed, N failed`."""
import datetime as dt
import json
import os
import subprocess
import sys
import time
import traceback

import icalendar

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from world import House, IcsServer, Line, Radicale, until  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
UTC = dt.timezone.utc
passed, failed = 0, 0


def expect(what, found, wanted=True):
    global passed, failed
    if found == wanted:
        passed += 1
        return
    failed += 1
    print(f"{what}:\n  found  {str(found)[:600]}\n  wanted {str(wanted)[:600]}")


def day(ahead):
    return (dt.datetime.now(UTC) + dt.timedelta(days=ahead)).date()


def at(date, hour, minute=0):
    return f"{date}T{hour:02}:{minute:02}:00Z"


def basic(text):
    """20300101T090000Z of 2030-01-01T09:00:00Z."""
    return text.replace("-", "").replace(":", "")


def event(uid, start, end, more=""):
    return ("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Suite//EN\r\nBEGIN:VEVENT\r\n"
            f"UID:{uid}\r\nDTSTAMP:20200101T000000Z\r\nDTSTART:{basic(start)}\r\nDTEND:{basic(end)}\r\n"
            f"SUMMARY:Private matters of {uid}\r\n{more}END:VEVENT\r\nEND:VCALENDAR\r\n")


class Office:
    """Ann and Bob, who are there from 06 to 20 UTC every day, and a talk that either can hold."""

    def __init__(self, house):
        self.house = house
        hours = [{"day": d, "from": "06:00", "to": "20:00"} for d in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")]
        self.ann, self.bob = (house.must("POST", "/advisors", {
            "name": name, "email": f"{name.lower()}@firm.example", "phone": "+33123456789", "zone": "UTC", "hours": hours,
            "languages": ["en"]})["id"] for name in ("Ann", "Bob"))
        self.types = {who: house.must("POST", "/meeting-types", {
            "slug": f"talk-{name}", "type": "prospect", "name": {"en": "First talk", "fr": "Premier entretien"},
            "length_min": 30, "step_min": 30, "notice_min": 0, "channels": ["phone", "in_person"],
            "hosts": [{"advisor_id": who}]})["id"] for name, who in (("ann", self.ann), ("bob", self.bob))}
        self.types["both"] = house.must("POST", "/meeting-types", {
            "slug": "talk-both", "type": "prospect", "name": {"en": "First talk"}, "length_min": 30, "step_min": 30,
            "channels": ["phone"], "hosts": [{"advisor_id": self.ann}, {"advisor_id": self.bob}]})["id"]

    def starts(self, who, date):
        answer = self.house.must(
            "GET", f"/meeting-types/{self.types[who]}/slots?from={at(date, 0)}&to={at(date, 23, 59)}&zone=UTC&refused=false")
        return [s["start"] for s in answer["data"]]

    def book(self, who, start, **more):
        return self.house.must("POST", "/appointments", {
            "meeting_type_id": self.types[who], "start": start, "zone": "Europe/Paris",
            "contact": {"name": "Carla Díaz; née O'Neil", "emails": ["carla@example.org"]},
            "note": "Confidential answer", **more})

    def calendar(self, advisor, url, kind="caldav", **more):
        return self.house.must("POST", "/calendars", {"advisor_id": advisor, "kind": kind, "url": url, **more})["id"]


def only_event(texts):
    """The one event of a collection's objects; None when there is none or more."""
    events = [e for text in texts for e in icalendar.Calendar.from_ical(text).walk("VEVENT")]
    return events[0] if len(events) == 1 else None


def ours(radicale, path, user="ann"):
    return [t for t in radicale.objects(path, user) if "UID:apt_" in t]


def as_tsdav_reads(radicale, user):
    """The objects of an account as a client of other people finds them, from discovery on."""
    done = subprocess.run(["node", os.path.join(HERE, "read_dav.mjs"), f"http://127.0.0.1:{radicale.port}/", user,
                           Radicale.USERS[user]], capture_output=True, text=True, timeout=60)
    if done.returncode != 0:
        print(done.stderr[-2000:])
        return []
    return [o["data"] for o in json.loads(done.stdout)]


class Scene:
    def __init__(self):
        self.house, self.radicale = House(), Radicale()
        self.line = Line(self.radicale.port)
        self.office = Office(self.house)

    def stop(self):
        self.line.stop()
        self.radicale.stop()
        self.house.stop()

    def base(self):
        return f"http://127.0.0.1:{self.line.port}"

    def ann_writes(self):
        if not hasattr(self, "ann_calendar"):
            self.ann_path = self.radicale.make("ann")
            self.ann_calendar = self.office.calendar(self.office.ann, self.base() + self.ann_path, user="ann",
                                                     password=Radicale.USERS["ann"], write=True)
        return self.ann_calendar


def private_addresses_are_refused_until_the_owner_names_them(s):
    calendar = s.ann_writes()
    c = s.house.settled(calendar)
    expect("a password does not go inside unasked", (c["fresh"], "https only" in c["error"]), ("failing", True))
    other = s.office.calendar(s.office.bob, s.base() + "/bob/free.ics", kind="ics")
    c = s.house.settled(other)
    expect("nor does anything else", (c["fresh"], "not open" in c["error"]), ("failing", True))
    s.house.must("DELETE", f"/calendars/{other}")
    expect("nothing went there", s.line.seen, [])
    s.house.must("PUT", "/settings/calendars", {"private_hosts": ["127.0.0.1"]})
    c = s.house.refreshed(calendar)
    expect("a host that is named is read", (c["fresh"], c["error"], c["failures"]), ("ok", None, 0))


def an_event_there_is_not_offered_here(s):
    date = day(3)
    before = s.office.starts(s.office.ann, date)
    expect("offered before", at(date, 9) in before and at(date, 10, 30) in before)
    s.radicale.put(s.ann_path, "ann", "dentist", event("dentist", at(date, 9), at(date, 10)))
    weekly = event("weekly", at(date, 12), at(date, 13), "RRULE:FREQ=WEEKLY;COUNT=4\r\n")
    s.radicale.put(s.ann_path, "ann", "weekly", weekly)
    free = event("free", at(date, 15), at(date, 16), "TRANSP:TRANSPARENT\r\n")
    s.radicale.put(s.ann_path, "ann", "free", free)
    expect("nothing outside is asked while somebody looks", at(date, 9) in s.office.starts(s.office.ann, date))
    c = s.house.refreshed(s.ann_calendar)
    after = s.office.starts(s.office.ann, date)
    taken = {at(date, 9), at(date, 9, 30), at(date, 12), at(date, 12, 30)}
    expect("exactly its time is gone", set(before) - set(after), taken)
    later = s.office.starts(s.office.ann, date + dt.timedelta(days=14))
    expect("a series is worked out", at(date + dt.timedelta(days=14), 12) in later, False)
    expect("what was read is counted", (c["events"], c["not_understood"]), (3, 0))
    reports = s.line.count("REPORT")
    s.house.refreshed(s.ann_calendar)
    expect("what has not changed is not read again", s.line.count("REPORT"), reports)
    s.radicale.ask("DELETE", s.ann_path + "dentist.ics", "ann")
    s.house.refreshed(s.ann_calendar)
    expect("what was deleted there is free here", at(date, 9) in s.office.starts(s.office.ann, date))
    with s.line.broken("no REPORT"):
        s.radicale.put(s.ann_path, "ann", "dentist", event("dentist", at(date, 9), at(date, 10)))
        c = s.house.refreshed(s.ann_calendar)
    expect("servers without REPORT are read object by object", (c["error"], at(date, 9) in s.office.starts(s.office.ann, date)),
           (None, False))


def a_booking_is_written_moved_and_taken_away(s):
    date = day(4)
    a = s.office.book(s.office.ann, at(date, 9))
    until("the booking is written", lambda: ours(s.radicale, s.ann_path))
    e = only_event(ours(s.radicale, s.ann_path))
    status, _, invitation = s.house.get("/a/" + a["link"].rsplit("/", 1)[1] + "/event.ics")
    uid = next(icalendar.Calendar.from_ical(invitation).walk("VEVENT").__iter__())["UID"]
    expect("the UID is the invitation's", (status, str(e["UID"])), (200, str(uid)))
    expect("first version", (int(e["SEQUENCE"]), e["DTSTART"].dt.astimezone(UTC)),
           (0, dt.datetime.fromisoformat(at(date, 9).replace("Z", "+00:00"))))
    expect("who and how", ("Carla Díaz; née O'Neil" in str(e["SUMMARY"]), "First talk" in str(e["SUMMARY"])), (True, True))
    there = as_tsdav_reads(s.radicale, "ann")
    expect("tsdav finds it too, as one event", [str(only_event([t])["UID"]) for t in there if "UID:apt_" in t], [str(uid)])
    text = ours(s.radicale, s.ann_path)[0]
    expect("no note, no method", ("Confidential" in text, "METHOD" in text), (False, False))
    s.house.refreshed(s.ann_calendar)
    moved = s.house.must("POST", f"/appointments/{a['id']}/reschedule", {"start": at(date, 14)})
    until("the move is written", lambda: int(only_event(ours(s.radicale, s.ann_path))["SEQUENCE"]) > 0)
    e = only_event(ours(s.radicale, s.ann_path))
    expect("moved with a larger number", (int(e["SEQUENCE"]), e["DTSTART"].dt.astimezone(UTC)),
           (moved["sequence"], dt.datetime.fromisoformat(at(date, 14).replace("Z", "+00:00"))))
    s.house.refreshed(s.ann_calendar)
    expect("its old time is free again: our own events are no busy time", at(date, 9) in s.office.starts(s.office.ann, date))
    s.house.must("POST", f"/appointments/{a['id']}/cancel", {"reason": "ill"})
    expect("a cancelled time is offered at once", at(date, 14) in s.office.starts(s.office.ann, date))
    until("the event is taken away", lambda: not ours(s.radicale, s.ann_path))
    expect("nothing waits", s.house.refreshed(s.ann_calendar)["pending"], 0)


def reassigned_appointments_change_calendars(s):
    date = day(5)
    path = s.radicale.make("bob")
    calendar = s.office.calendar(s.office.bob, s.base() + "/", user="bob", password=Radicale.USERS["bob"], write=True)
    c = s.house.settled(calendar)
    expect("from a server's root the calendar is found", (c["fresh"], c["error"]), ("ok", None))
    a = s.office.book("both", at(date, 9), host_id=s.office.ann)
    until("Ann has it", lambda: ours(s.radicale, s.ann_path))
    s.house.must("POST", f"/appointments/{a['id']}/reassign", {"advisor_id": s.office.bob})
    until("Bob has it", lambda: ours(s.radicale, path, "bob"))
    until("Ann has it no more", lambda: not ours(s.radicale, s.ann_path))
    s.house.must("PATCH", f"/calendars/{calendar}", {"write": False})
    until("with writing off it is taken out again", lambda: not ours(s.radicale, path, "bob"))
    s.house.must("PATCH", f"/calendars/{calendar}", {"write": True})
    until("with writing on what lies ahead is there", lambda: ours(s.radicale, path, "bob"))
    s.house.must("DELETE", f"/calendars/{calendar}")
    s.house.must("POST", f"/appointments/{a['id']}/cancel", {})


def a_line_that_breaks_loses_nothing_and_doubles_nothing(s):
    date = day(6)
    with s.line.broken("cut"):
        a = s.office.book(s.office.ann, at(date, 9))
        b = s.office.book(s.office.ann, at(date, 10))
        s.house.must("POST", f"/appointments/{a['id']}/reschedule", {"start": at(date, 11)})
        c = until("the failure shows", lambda: (x := s.house.must("GET", f"/calendars/{s.ann_calendar}"))["failures"] and x)
        expect("it says so and keeps what waits", (c["fresh"], c["pending"], "reached" in c["error"]), ("failing", 2, True))
        s.house.kill()
        s.house.start()
        expect("also over a crash", s.house.must("GET", f"/calendars/{s.ann_calendar}")["pending"], 2)
    s.line.seen.clear()
    c = s.house.refreshed(s.ann_calendar)
    events = [only_event([t]) for t in ours(s.radicale, s.ann_path)]
    expect("then both are there, as they stand now", sorted(e["DTSTART"].dt.astimezone(UTC).hour for e in events), [10, 11])
    expect("and each was written once", (s.line.count("PUT"), c["pending"], c["fresh"]), (2, 0, "ok"))
    s.line.seen.clear()
    with s.line.broken("deaf", only=("PUT",)):
        d = s.office.book(s.office.ann, at(date, 13))
        until("the request arrives, its answer does not",
              lambda: s.line.count("PUT") and s.house.must("GET", f"/calendars/{s.ann_calendar}")["failures"])
    c = s.house.refreshed(s.ann_calendar)
    expect("an attempt that arrived is recognised", (s.line.count("PUT"), len(ours(s.radicale, s.ann_path)), c["pending"]),
           (1, 3, 0))
    s.line.seen.clear()
    with s.line.broken("deaf", only=("PUT",)):
        s.house.must("POST", f"/appointments/{d['id']}/reschedule", {"start": at(date, 15)})
        until("again", lambda: s.line.count("PUT") and s.house.must("GET", f"/calendars/{s.ann_calendar}")["failures"])
    s.house.refreshed(s.ann_calendar)
    expect("also of a change", s.line.count("PUT"), 1)
    with s.line.broken("deaf", only=("DELETE",)):
        for x in (a, b, d):
            s.house.must("POST", f"/appointments/{x['id']}/cancel", {})
        until("and again", lambda: s.house.must("GET", f"/calendars/{s.ann_calendar}")["failures"])
    expect("removal can be repeated", (s.house.refreshed(s.ann_calendar)["pending"], ours(s.radicale, s.ann_path)), (0, []))


def what_people_do_to_our_events_there_is_put_right(s):
    date = day(7)
    a = s.office.book(s.office.ann, at(date, 9))
    text = until("written", lambda: ours(s.radicale, s.ann_path))[0]
    name = a["id"] + "@" + text.split("UID:" + a["id"] + "@")[1].split("\r\n")[0].split("\n")[0]
    s.radicale.put(s.ann_path, "ann", name, text.replace("First talk", "Mine!"))
    s.house.must("POST", f"/appointments/{a['id']}/reschedule", {"start": at(date, 10)})
    until("replaced", lambda: "Mine!" not in ours(s.radicale, s.ann_path)[0])
    expect("by what was promised", only_event(ours(s.radicale, s.ann_path))["DTSTART"].dt.astimezone(UTC).hour, 10)
    s.radicale.ask("DELETE", f"{s.ann_path}{name}.ics", "ann")
    s.house.must("POST", f"/appointments/{a['id']}/reschedule", {"start": at(date, 11)})
    until("deleted there, it is there again", lambda: ours(s.radicale, s.ann_path))
    s.house.must("POST", f"/appointments/{a['id']}/cancel", {})
    until("gone", lambda: not ours(s.radicale, s.ann_path))


def a_wrong_password_is_said_and_changes_nothing(s):
    date = day(3)
    s.house.must("PATCH", f"/calendars/{s.ann_calendar}", {"password": "wrong"})
    c = s.house.settled(s.ann_calendar)
    expect("said", (c["fresh"], "password" in c["error"], "401" in c["error"]), ("failing", True, True))
    expect("busy time stays", at(date, 9) in s.office.starts(s.office.ann, date), False)
    s.house.must("PATCH", f"/calendars/{s.ann_calendar}", {"password": Radicale.USERS["ann"]})
    expect("until it is right again", s.house.settled(s.ann_calendar)["fresh"], "ok")
    status, problem = s.house.api("POST", "/calendars", {"advisor_id": s.office.ann, "kind": "ics", "write": True,
                                                         "url": "https://example.org/a.ics"})
    expect("an ICS address cannot be written", (status, problem["errors"][0]["pointer"]), (400, "/write"))
    status, problem = s.house.api("POST", "/calendars", {"advisor_id": s.office.ann, "kind": "ics",
                                                         "url": "https://a:b@example.org/a.ics"})
    expect("credentials have their own fields", (status, problem["errors"][0]["pointer"]), (400, "/url"))


def an_ics_address(s):
    date, ics = day(8), IcsServer()
    ics.text = event("trip", at(date, 9), at(date, 10))
    calendar = s.office.calendar(s.office.bob, f"http://127.0.0.1:{ics.port}/secret-feed-4711.ics", kind="ics")
    c = s.house.settled(calendar)
    expect("is read", (c["fresh"], c["host"], at(date, 9) in s.office.starts(s.office.bob, date)), ("ok", "127.0.0.1", False))
    c = s.house.refreshed(calendar)
    expect("its ETag is honoured", (ics.full, ics.unchanged, c["fresh"]), (1, 1, "ok"))
    expect("and its busy time stays", at(date, 9) in s.office.starts(s.office.bob, date), False)
    whole = ics.text
    for what, text in {"no calendar": "<html>maintenance</html>", "half of one": whole[:len(whole) // 2], "nothing": "",
                       "too much": whole + "X" * 9_000_000}.items():
        ics.text = text
        c = s.house.refreshed(calendar)
        expect(f"{what} is refused", (c["fresh"], bool(c["error"])), ("failing", True))
        expect(f"{what} frees nobody", at(date, 9) in s.office.starts(s.office.bob, date), False)
    ics.text = event("trip", at(date, 14), at(date, 15))
    expect("a good one is taken again", s.house.refreshed(calendar)["fresh"], "ok")
    expect("with what it says now", [at(date, h) in s.office.starts(s.office.bob, date) for h in (9, 14)], [True, False])
    ics.redirect = f"http://127.0.0.1:{ics.port}/elsewhere.ics"
    expect("a redirect is followed", s.house.refreshed(calendar)["fresh"], "ok")
    ics.redirect = f"http://localhost:{ics.port}/elsewhere.ics"
    full = ics.full
    c = s.house.refreshed(calendar)
    expect("but not to where it may not lead", (c["fresh"], ics.full), ("failing", full))
    for target in ("file:///etc/passwd", "//169.254.169.254/latest", "http://[::1]/", "gopher://127.0.0.1/"):
        ics.redirect = target
        expect(f"nor to {target}", s.house.refreshed(calendar)["fresh"], "failing")
    s.house.must("DELETE", f"/calendars/{calendar}")
    expect("a forgotten calendar keeps nobody busy", at(date, 14) in s.office.starts(s.office.bob, date))
    ics.stop()


def secrets_stay_secret(s):
    kept = s.house.everything_kept()
    for secret in (Radicale.USERS["ann"], Radicale.USERS["bob"], "secret-feed-4711", "Private matters", s.ann_path):
        expect(f"{secret} is neither stored in clear nor logged", secret.encode() in kept, False)
    shown = json.dumps(s.house.must("GET", "/calendars"))
    expect("nor shown", [x in shown for x in (Radicale.USERS["ann"], "4711", s.ann_path)], [False] * 3)


def read_by_ical_js(text):
    done = subprocess.run(["node", os.path.join(HERE, "read_feed.mjs")], input=text, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def the_feed(s):
    date = day(9)
    a = s.office.book(s.office.ann, at(date, 9), zone="America/New_York")
    gone = s.office.book(s.office.ann, at(date, 10))
    feed = s.house.must("POST", f"/advisors/{s.office.ann}/calendar-feed")["url"]
    path = feed[len(s.house.url):]
    status, headers, body = s.house.get(path)
    expect("is a calendar", (status, headers["Content-Type"].split(";")[0], len(list(icalendar.Calendar.from_ical(body).walk("VEVENT")))),
           (200, "text/calendar", 2))
    s.house.must("POST", f"/appointments/{gone['id']}/cancel", {})
    status, headers, body = s.house.get(path)
    e = only_event([body.decode()])
    expect("without what was cancelled", str(e["UID"]).split("@")[0], a["id"])
    expect("at its time", e["DTSTART"].dt.astimezone(UTC).isoformat(), at(date, 9).replace("Z", "+00:00"))
    expect("without notes and addresses", [x in body.decode() for x in ("Confidential", "carla@", "/a/")], [False] * 3)
    read = read_by_ical_js(body.decode())
    expect("ical.js reads the same", read, [{"uid": str(e["UID"]), "summary": str(e["SUMMARY"]), "start": at(date, 9),
                                             "end": at(date, 9, 30), "sequence": 0}])
    expect("unchanged is 304", s.house.get(path, {"If-None-Match": headers["ETag"]})[0], 304)
    for wrong in (path[:-5] + "0.ics", path[:-4], path[:-4] + ".txt", "/calendars/x.ics", "/calendars/.ics", path.upper()):
        if wrong != path:
            expect(f"{wrong} is unknown", s.house.get(wrong)[0], 404)
    renewed = s.house.must("POST", f"/advisors/{s.office.ann}/calendar-feed")["url"][len(s.house.url):]
    expect("a renewed one ends the old", (s.house.get(path)[0], s.house.get(renewed)[0]), (404, 200))
    s.house.must("DELETE", f"/advisors/{s.office.ann}/calendar-feed")
    expect("a closed one is gone", s.house.get(renewed)[0], 404)
    token = renewed.rsplit("/", 1)[1][:-4].encode()
    expect("the address is not stored", token in s.house.everything_kept(), False)


def the_card(s):
    card = s.house.must("GET", f"/advisors/{s.office.ann}/card")
    expect("vCard", (card["file_name"], card["text"].startswith("BEGIN:VCARD\r\nVERSION:4.0\r\n"), "FN:Ann\r\n" in card["text"]),
           ("ann.vcf", True, True))
    a = s.office.book(s.office.ann, at(day(10), 9))
    status, headers, body = s.house.get("/a/" + a["link"].rsplit("/", 1)[1] + "/contact.vcf")
    expect("the customer gets the same", (status, headers["Content-Type"].split(";")[0], body.decode()), (200, "text/vcard", card["text"]))


TESTS = [private_addresses_are_refused_until_the_owner_names_them, an_event_there_is_not_offered_here,
         a_booking_is_written_moved_and_taken_away, reassigned_appointments_change_calendars,
         a_line_that_breaks_loses_nothing_and_doubles_nothing, what_people_do_to_our_events_there_is_put_right,
         a_wrong_password_is_said_and_changes_nothing, an_ics_address, secrets_stay_secret, the_feed, the_card]


def main():
    global failed
    scene = Scene()
    try:
        for test in TESTS:
            started = time.monotonic()
            try:
                test(scene)
            except (Exception, SystemExit):
                failed += 1
                traceback.print_exc()
            print(f"{test.__name__.replace('_', ' ')}: {time.monotonic() - started:.1f} s", flush=True)
    finally:
        scene.stop()
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
