#!/usr/bin/env python3
"""The slot rules again, written down from docs/slots.md alone and as plainly as they read: a second opinion on the engine.

    slots(scenario) -> [(start, [host ids])], start in seconds since 1970, or a scenario on stdin and its slots on stdout

Times are whole seconds. A set of times is a Python integer, one bit a second after `from`; local time is Python's zoneinfo.
Nothing here is quick, checks its input, or shares a thought with the program."""
import datetime as dt
import functools
import itertools
import json
import sys
import zoneinfo

UTC = dt.timezone.utc
EPOCH = dt.datetime(1970, 1, 1, tzinfo=UTC)
WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAY = dt.timedelta(days=1)


def zone_of(name):
    return zoneinfo.ZoneInfo(name)


def instant(text):
    """RFC 3339 to seconds."""
    return int((dt.datetime.fromisoformat(text.replace("Z", "+00:00")) - EPOCH).total_seconds())


def wall(t, zone):
    return (EPOCH + dt.timedelta(seconds=t)).astimezone(zone)


def at(date, minute, zone):
    """The instant of a wall-clock minute; fold=0 is RFC 5545: in a gap the offset before it, in a fold the first one."""
    midnight = dt.datetime(date.year, date.month, date.day)
    return int(((midnight + dt.timedelta(minutes=minute)).replace(tzinfo=zone, fold=0).astimezone(UTC) - EPOCH).total_seconds())


def minute_of(text):
    return int(text[:2]) * 60 + int(text[3:])


def date_of(text):
    return dt.date.fromisoformat(text)


def dates_around(start, end):
    first, last = wall(start, UTC).date() - 3 * DAY, wall(end, UTC).date() + 3 * DAY
    return [first + n * DAY for n in range((last - first).days + 1)]


# Sets of seconds ------------------------------------------------------------------------------------------------------


def seconds(start, end):
    """The set of all seconds of [start, end), counted from 0."""
    start, end = max(start, 0), max(end, 0)
    return ((1 << (end - start)) - 1) << start if end > start else 0


def runs(members):
    """The set as ranges [start, end) as long as possible."""
    out, here = [], 0
    while members:
        skip = (members & -members).bit_length() - 1
        members >>= skip
        length = (~members & (members + 1)).bit_length() - 1
        out.append((here + skip, here + skip + length))
        members >>= length
        here += skip + length
    return out


# Hours ----------------------------------------------------------------------------------------------------------------


def openings(schedule, date):
    """The (from, to) in minutes of one date; `to` may lie in the next date."""
    exceptions = [e for e in schedule.get("exceptions", []) if date_of(e["date"]) == date]
    if exceptions:
        entries = [e for e in exceptions if not e.get("closed")]
    elif date.isoformat() in schedule.get("holidays", []):
        entries = []
    else:
        entries = [h for h in schedule.get("hours", []) if WEEKDAYS[date.weekday()] in h.get("days", WEEKDAYS)]
    for entry in entries:
        start = minute_of(entry["from"])
        end = 1440 if entry["to"] == "23:59" else minute_of(entry["to"])
        yield start, end + 1440 if end < start else end


def open_seconds(schedule, zone_on, start, end, origin):
    """All seconds after origin that the schedule opens, of every date near [start, end]; zone_on(date) is its zone."""
    out = 0
    for date in dates_around(start, end):
        for opens, closes in openings(schedule, date):
            if opens != closes:
                out |= seconds(at(date, opens, zone_on(date)) - origin, at(date, closes, zone_on(date)) - origin)
    return out


# The question ---------------------------------------------------------------------------------------------------------


class Host:
    """One host within the question: where they are, what they have, and the seconds in which a meeting may lie."""

    def __init__(self, q, entry, holds):
        self.q, self.id = q, entry["id"]
        self.fixed, self.group = bool(entry.get("fixed")), entry.get("group")
        self.zone = zone_of(entry["zone"]) if entry.get("zone") else q.viewer
        self.travel = entry.get("travel", [])
        self.appointments = entry.get("appointments", [])
        self.holds = [h for h in holds if h["host"] == self.id and (not h.get("expires") or instant(h["expires"]) > q.now)]
        self.ranges = [(a + q.start, b + q.start) for a, b in runs(self.free_seconds(entry))]

    def zone_on(self, date):
        for journey in self.travel:
            if date_of(journey["from"]) <= date <= date_of(journey["to"]):
                return zone_of(journey["zone"])
        return self.zone

    def free_seconds(self, entry):
        q = self.q
        out = open_seconds(entry, self.zone_on, q.start, q.end, q.start) & seconds(0, q.end - q.start)
        for start, end in entry.get("away", []):
            out &= ~seconds(instant(start) - q.start, instant(end) - q.start)
        busy = [(instant(start), instant(end)) for start, end in entry.get("busy", [])]
        for start, end in busy + [occupied(a) for a in self.appointments]:
            if end > start:  # its buffers may not reach in: the meeting keeps its after before it, its before after it
                out &= ~seconds(start - q.after - q.start, end + q.before - q.start)
        return out

    def could(self, t):
        q = self.q
        if not any(a <= t and t + q.length <= b for a, b in self.ranges):
            return False
        for start, end in map(occupied, self.holds):
            if end > start and t - q.before < end and start < t + q.length + q.after:
                return False
        return self.within_limits(t) and self.within_range(t)

    def within_limits(self, t):
        q, date = self.q, wall(t, self.zone).date()
        there = [(instant(b["start"]), instant(b["end"])) for b in self.appointments + self.holds]
        there = [(start, end) for start, end in there if wall(start, self.zone).date() == date]
        if q.daily_limit is not None and len(there) + 1 > q.daily_limit:
            return False
        return q.daily_minutes is None or sum(end - start for start, end in there) + q.length <= q.daily_minutes * 60

    def within_range(self, t):
        horizon = self.q.horizon
        if horizon.get("kind") != "range":
            return True
        return date_of(horizon["from"]) <= wall(t, self.zone).date() <= date_of(horizon["to"])


def occupied(booking):
    return (instant(booking["start"]) - 60 * booking.get("buffer_before_min", 0),
            instant(booking["end"]) + 60 * booking.get("buffer_after_min", 0))


class Question:
    def __init__(self, scenario):
        self.scenario = scenario
        kind = scenario.get("meeting_type") or {}
        self.now = instant(scenario["now"])
        self.start = instant(scenario["from"]) if scenario.get("from") else self.now
        self.end = instant(scenario["to"]) if scenario.get("to") else self.start + 7 * 86400
        self.viewer = zone_of(scenario.get("viewer_zone") or "UTC")
        self.length = 60 * value(kind, "length_min", 30)
        self.step = value(kind, "step_min", self.length // 60)
        self.offset = value(kind, "offset_min", 0)
        self.stride = 60 * (self.step + self.offset)
        self.before, self.after = 60 * value(kind, "buffer_before_min", 0), 60 * value(kind, "buffer_after_min", 0)
        self.notice = 60 * max(value(kind, "notice_min", 0), 1)
        self.daily_limit, self.daily_minutes = kind.get("daily_limit"), kind.get("daily_minutes_limit")
        self.all_needed = value(kind, "assignment", "any") == "all"
        self.host_grid = value(kind, "grid", "viewer") == "host"
        self.compact = value(kind, "fill", "plain") == "compact"
        self.horizon, self.window = kind.get("horizon") or {"kind": "none"}, kind.get("window")
        self.hosts = [Host(self, h, scenario.get("holds") or []) for h in scenario["hosts"]]
        self.grid_zone = self.hosts[0].zone if self.host_grid and self.hosts else self.viewer
        self.unit = next((n for n in (60, 30, 20, 15, 10, 5) if self.step % n == 0), 1)

    # Who

    def needs(self):
        """Lists of hosts, of each of which one is needed."""
        if self.all_needed:
            return [[h] for h in self.hosts]
        others = [h for h in self.hosts if not h.fixed]
        return [[h] for h in self.hosts if h.fixed] + [[h for h in others if h.group == g] for g in {h.group for h in others}]

    def ranges(self):
        """All ranges in which one choice of hosts is free, without those inside others, by start."""
        chosen = None
        for need in self.needs():
            theirs = [r for h in need for r in h.ranges]
            if chosen is None:
                chosen = set(theirs)
            else:
                both = ((max(a, c), min(b, d)) for (a, b), (c, d) in itertools.product(chosen, theirs))
                chosen = {(a, b) for a, b in both if a < b}
        chosen = chosen or set()
        return sorted((a, b) for a, b in chosen if not any((c, d) != (a, b) and c <= a and b <= d for c, d in chosen))

    # Grid

    def next_multiple(self, t, minutes):
        """The first instant from t on at which the wall shows a whole minute that is a multiple."""
        while True:
            local = wall(t, self.grid_zone)
            if local.second == 0 and local.minute % minutes == 0:
                return t
            t += 60 - local.second

    def first_start(self, start, end):
        cut = max(start, self.now + self.notice)
        cut -= wall(cut, self.grid_zone).second
        first = self.next_multiple(cut, self.unit)
        if self.compact and first != cut:
            first = self.compact_start(cut, end)
        return first + 60 * self.offset

    def compact_start(self, cut, end):
        spare = (end - cut) // 60 % self.unit
        for minutes in (self.unit, 15, 5):
            moved = self.next_multiple(cut + 60, minutes)
            if moved - cut <= 60 * spare:
                return moved
        return cut

    def starts(self):
        out = set()
        for start, end in self.ranges():
            t = self.first_start(start, end)
            earlier = max((e for e in out if e < t), default=None)
            if earlier is not None and t - earlier < self.stride:
                t = earlier + self.stride
            while t + self.length <= end:
                out.add(t)
                t += self.stride
        return sorted(out)

    # Horizon and window

    def within_days(self, t):
        kind, today, date = self.horizon["kind"], wall(self.now, self.viewer).date(), wall(t, self.viewer).date()
        if kind != "days":
            return True
        days, count = self.horizon["days"], self.horizon.get("count") or "calendar"
        if count == "calendar":
            return date <= today + days * DAY
        if count == "available":
            return sum(today <= d < date for d in self.available_dates) < days
        last = today
        while days > 0:
            last += DAY
            days -= last.weekday() < 5
        return date <= last

    @functools.cached_property
    def available_dates(self):
        free = json.loads(json.dumps(self.scenario))
        free["from"], free["to"] = text_of(self.now), text_of(self.end)
        free["meeting_type"]["horizon"] = None
        return {wall(t, self.viewer).date() for t, _ in slots(free)}

    @functools.cached_property
    def window_ranges(self):
        zone = self.window.get("zone") or "viewer"
        zone = self.viewer if zone == "viewer" else zone_of(zone)
        return [(a + self.start, b + self.start) for a, b in runs(open_seconds(self.window, lambda date: zone, self.start, self.end, self.start))]

    def within_window(self, t):
        return not self.window or any(a <= t and t + self.length <= b for a, b in self.window_ranges)

    def offered(self):
        out = []
        for t in self.starts():
            if self.within_window(t) and self.within_days(t):
                free = [h for h in self.hosts if h.could(t)]
                if all(any(h in free for h in need) for need in self.needs()):
                    out.append((t, [h.id for h in free]))
        return out


def value(members, name, fallback):
    return fallback if members.get(name) is None else members[name]


def text_of(t):
    return (EPOCH + dt.timedelta(seconds=t)).strftime("%Y-%m-%dT%H:%M:%SZ")


def slots(scenario):
    return Question(scenario).offered()


if __name__ == "__main__":
    print(json.dumps([{"start": text_of(t), "hosts": hosts} for t, hosts in slots(json.load(sys.stdin))], indent=1))
