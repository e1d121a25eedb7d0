"""Random scenarios for the slot engine: around the clock changes of all zones, and away from any. Same seed, same scenarios.

    transitions()            -> [(zone, instant, years)] of the years and the odd ones below
    Maker(rng, zone, instant, around).scenario() -> what `onward slots` reads"""
import datetime as dt
import zoneinfo

from oracle import EPOCH, UTC, WEEKDAYS, text_of, wall

YEARS = (2025, 2027)
HOUR, DAY = 3600, 86400
# Skipped days, jumps of 15, 30 or 120 minutes, at midnight, at 00:01, by odd seconds, four times a year; from 1970 on, as the
# program takes times.
ODD = [("Australia/Lord_Howe", 1980, 1987), ("Pacific/Apia", 2009, 2013), ("Pacific/Fakaofo", 2011, 2012), ("Pacific/Kwajalein", 1993, 1993),
       ("Africa/Cairo", 2010, 2014), ("Africa/Cairo", 2023, 2023), ("America/Havana", 1998, 2012),
       ("America/Santiago", 2010, 2024), ("America/Asuncion", 2009, 2024), ("Antarctica/Troll", 2004, 2010), ("Africa/Casablanca", 2012, 2024),
       ("Africa/Casablanca", 2086, 2088), ("Africa/El_Aaiun", 2018, 2020), ("Africa/Monrovia", 1971, 1972), ("Pacific/Kiritimati", 1994, 1995),
       ("Pacific/Enderbury", 1994, 1995), ("Asia/Kathmandu", 1985, 1986), ("Asia/Pyongyang", 2015, 2018), ("America/Caracas", 2007, 2016),
       ("America/Sao_Paulo", 2015, 2019), ("America/St_Johns", 1987, 1990), ("America/St_Johns", 2006, 2012), ("Asia/Beirut", 2022, 2024),
       ("Asia/Gaza", 2022, 2024), ("Asia/Tehran", 2020, 2022), ("Asia/Amman", 2021, 2022), ("Antarctica/Casey", 2009, 2023),
       ("Antarctica/Vostok", 2023, 2023), ("Europe/London", 1971, 1972), ("Europe/Dublin", 1971, 1972), ("Europe/Lisbon", 1992, 1996),
       ("Europe/Volgograd", 2018, 2020), ("Asia/Kolkata", 1970, 1971), ("Asia/Colombo", 1996, 2006), ("America/Nuuk", 2023, 2024), ("America/Scoresbysund", 2023, 2024),
       ("Africa/Juba", 2021, 2021), ("Asia/Singapore", 1981, 1982), ("Pacific/Bougainville", 2014, 2014), ("Pacific/Norfolk", 2015, 2020)]
ELSEWHERE = ["UTC", "Europe/Paris", "America/New_York", "Asia/Kolkata", "Asia/Kathmandu", "Pacific/Chatham", "Australia/Lord_Howe",
             "Pacific/Kiritimati", "Pacific/Pago_Pago", "America/St_Johns", "Antarctica/Troll", "America/Santiago", "Asia/Tehran"]


def all_zones():
    """Every name of the tzdata package, links too; `localtime` is the machine's own."""
    return sorted(zoneinfo.available_timezones() - {"localtime"})


def changes(zone, start, end, stride=DAY):
    """The instants in [start, end] at which the zone's offset from UTC changes."""
    info = zoneinfo.ZoneInfo(zone)

    def offset(t):
        return wall(t, info).utcoffset()
    out = []
    for t in range(start, end, stride):
        if offset(t) != offset(t + stride):
            before, after = t, t + stride
            while after - before > 1:
                middle = (before + after) // 2
                before, after = (middle, after) if offset(middle) == offset(before) else (before, middle)
            out.append(after)
    return out


def new_year(year):
    return int((dt.datetime(year, 1, 1, tzinfo=UTC) - EPOCH).total_seconds())


def transitions():
    regular = [(z, t) for z in all_zones() for t in changes(z, new_year(YEARS[0]) - DAY, new_year(YEARS[1] + 1) + DAY)]
    odd = [(z, t) for z, first, last in ODD for t in changes(z, new_year(first), new_year(last + 1))]
    return regular, odd


class Maker:
    def __init__(self, rng, zone, around, zones):
        """The zone of interest and an instant in the middle of the range; `zones` are what else may be used."""
        self.rng, self.zone, self.around, self.zones = rng, zone, around, zones
        self.start = self.near(around - rng.randrange(4 * HOUR, rng.choice((12, 30, 50)) * HOUR))
        self.end = self.near(around + 2 * HOUR + rng.randrange(2 * HOUR, rng.choice((12, 30, 50)) * HOUR))
        self.first = wall(self.start, UTC).date()
        self.now = self.some_now()

    # Values

    def maybe(self, chance):
        return self.rng.random() < chance

    def pick(self, *values):
        return self.rng.choice(values)

    def near(self, t):
        """Mostly a round instant."""
        grain = self.pick(3600, 900, 900, 300, 300, 60, self.pick(60, 1))
        return t - t % grain

    def some_now(self):
        way = self.rng.random()
        if way < 0.6:
            return self.near(self.start - self.rng.randrange(4 * DAY))
        return self.start if way < 0.7 else self.near(self.rng.randrange(self.start, self.end))

    def some_instant(self, margin=12 * HOUR):
        """Within the range or a little beside it, often around its middle."""
        if self.maybe(0.3):
            return self.near(self.around + self.rng.randrange(-4 * HOUR, 4 * HOUR))
        return self.near(self.rng.randrange(self.start - margin, self.end + margin))

    def text(self, t):
        offset = self.pick(0, 0, 0, 120, -330, 825, -720)
        if offset == 0:
            return text_of(t)
        return text_of(t + 60 * offset)[:-1] + f"{'-' if offset < 0 else '+'}{abs(offset) // 60:02}:{abs(offset) % 60:02}"

    def stretch(self, longest):
        t = self.some_instant()
        return [self.text(t), self.text(t + max(60, self.near(self.rng.randrange(300, longest))))]

    def some_zone(self):
        return self.zone if self.maybe(0.55) else self.pick(self.rng.choice(self.zones), self.rng.choice(self.zones))

    def date(self):
        return (self.first + dt.timedelta(days=self.rng.randrange(-1, (self.end - self.start) // DAY + 3))).isoformat()

    def times(self):
        """A window of one date by the wall, of many kinds."""
        grain = self.pick(60, 30, 15, 15, 5, 1)
        some = lambda low, high: self.rng.randrange(low, high + 1) // grain * grain  # noqa: E731
        kind = self.pick("day", "day", "day", "night", "whole", "whole", "to 24:00", "to 23:59", "change", "change", "change", "any")
        middle = wall(self.around, zoneinfo.ZoneInfo(self.zone))
        middle = middle.hour * 60 + middle.minute
        start, end = {"day": (some(300, 660), some(840, 1260)), "night": (some(1020, 1439), some(30, 540)), "whole": (0, 1440),
                      "to 24:00": (some(0, 1300), 1440), "to 23:59": (some(0, 1300), 1439),
                      "change": ((middle - some(0, 180)) % 1440, (middle + some(0, 240)) % 1440), "any": (some(0, 1439), some(0, 1440))}[kind]
        return {"from": f"{start // 60:02}:{start % 60:02}", "to": f"{end // 60:02}:{end % 60:02}"}

    # Parts

    def schedule(self, exceptions, holidays):
        out = {"hours": []}
        for _ in range(self.pick(1, 1, 2, 2, 3, 4)):
            days = {} if self.maybe(0.4) else {"days": self.rng.sample(WEEKDAYS, self.rng.randrange(4, 8))}
            out["hours"].append(days | self.times())
        if self.maybe(exceptions):
            out["exceptions"] = [{"date": self.date()} | (self.times() if self.maybe(0.6) else {"closed": True}) for _ in range(self.pick(1, 2, 3))]
            if self.maybe(0.3):  # a second one of the same date
                out["exceptions"].append({"date": out["exceptions"][0]["date"]} | self.times())
        if self.maybe(holidays):
            out["holidays"] = [self.date() for _ in range(self.pick(1, 2))]
        return out

    def journey(self):
        first, last = sorted((self.date(), self.date()))
        return {"from": first, "to": last, "zone": self.some_zone()}

    def booking(self):
        start, end = self.stretch(3 * HOUR)
        out = {"start": start, "end": start if self.maybe(0.05) else end}
        for name in ("buffer_before_min", "buffer_after_min"):
            if self.maybe(0.4):
                out[name] = self.pick(0, 5, 10, 15, 30, 7, 60)
        return out

    def host(self, number, grouped):
        out = {"id": f"h{number}"} | self.schedule(0.3, 0.2)
        if self.maybe(0.9):
            out["zone"] = self.some_zone()
        if self.maybe(0.2):
            out["fixed"] = True
        if grouped and self.maybe(0.7):
            out["group"] = self.pick("a", "b")
        if self.maybe(0.2):
            out["travel"] = [self.journey() for _ in range(self.pick(1, 1, 2))]
        for name, chance, count, make in (("away", 0.25, 2, lambda: self.stretch(DAY)), ("busy", 0.35, 4, lambda: self.stretch(4 * HOUR)),
                                          ("appointments", 0.5, 4, self.booking)):
            if self.maybe(chance):
                out[name] = [make() for _ in range(self.rng.randrange(1, count + 1))]
        return out

    def horizon(self):
        kind = self.pick("days", "days", "days", "range", "none")
        if kind == "days":
            out = {"kind": kind, "days": self.rng.randrange(0, 7)}
            return out | ({} if self.maybe(0.1) else {"count": self.pick("calendar", "business", "available")})
        return {"kind": kind} | (dict(zip(("from", "to"), sorted((self.date(), self.date())))) if kind == "range" else {})

    def meeting_type(self):
        out = {"length_min": self.pick(15, 20, 30, 30, 45, 60, 60, 90, self.rng.randrange(1, 180))}
        optional = {"step_min": (0.8, 5, 10, 15, 15, 20, 30, 30, 45, 60, 60, 90, 120, 7, 25), "offset_min": (0.2, 1, 5, 7, 10, 15, 30),
                    "buffer_before_min": (0.3, 5, 10, 15, 30, 7, 60), "buffer_after_min": (0.35, 5, 10, 15, 30, 7, 60),
                    "notice_min": (0.5, 1, 30, 37, 60, 61, 120, 120, 600, 1440), "daily_limit": (0.25, 0, 1, 2, 2, 3, 3, 4, 5),
                    "daily_minutes_limit": (0.2, 60, 90, 120, 180, 240, 300), "assignment": (0.4, "all", "all", "any"),
                    "grid": (0.4, "host", "host", "viewer"), "fill": (0.4, "compact", "compact", "plain")}
        for name, (chance, *values) in optional.items():
            if self.maybe(chance):
                out[name] = None if self.maybe(0.03) else self.rng.choice(values)
        if self.maybe(0.4):
            out["horizon"] = self.horizon()
        if self.maybe(0.3):
            out["window"] = ({"zone": self.pick("viewer", self.some_zone())} if self.maybe(0.8) else {}) | self.schedule(0.4, 0)
        return out

    def hold(self, hosts):
        out = {"host": self.rng.choice(hosts)["id"]} | self.booking()
        if self.maybe(0.7):
            out["expires"] = self.text(self.pick(self.now, self.now - 60, self.now + 1, self.now + 600, self.now + 600))
        return out

    def huddle(self, scenario):
        """Hosts whose hours begin and end at odd minutes and overlap: grids that meet, and moves that fit one range only."""
        scenario["meeting_type"] |= {"step_min": self.pick(60, 60, 30, 20), "fill": "compact", "assignment": "any", "length_min": self.pick(30, 45, 60)}
        for host in scenario["hosts"]:
            host.pop("fixed", None)
            host.pop("group", None)
            host["hours"] = []
            for start in (300, 900):
                start, end = start + 5 * self.rng.randrange(48), start + 360 + 5 * self.rng.randrange(48)
                host["hours"].append({"from": f"{start // 60:02}:{start % 60:02}", "to": f"{end // 60 % 24:02}:{end % 60:02}"})

    def scenario(self):
        grouped = self.maybe(0.35)
        out = {"now": self.text(self.now), "from": self.text(self.start), "to": self.text(self.end), "viewer_zone": self.some_zone(),
               "meeting_type": self.meeting_type(), "hosts": [self.host(n, grouped) for n in range(self.pick(1, 1, 2, 2, 3, 3, 4, 5))]}
        if out["meeting_type"].get("grid") == "host" and self.maybe(0.5):
            out["hosts"][0]["zone"] = self.pick("Asia/Kolkata", "Asia/Kathmandu", "Pacific/Chatham", "America/St_Johns", "Australia/Lord_Howe")
        if self.zone not in [out["viewer_zone"]] + [h.get("zone") for h in out["hosts"]]:
            out["hosts"][-1]["zone"] = self.zone
        if self.maybe(0.35):
            out["holds"] = [self.hold(out["hosts"]) for _ in range(self.pick(1, 2, 3))]
        if self.maybe(0.08):
            self.huddle(out)
        if self.maybe(0.04) and self.now < self.around:
            del out["from"]
        if self.maybe(0.04):
            del out["to"]
        return out
