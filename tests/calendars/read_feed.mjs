// Reads a calendar with ical.js: iCalendar on standard input, [{uid, summary, start, end, sequence}] on standard output.
import { readFileSync } from "node:fs";
import ICAL from "../e2e/node_modules/ical.js/dist/ical.js";

const calendar = new ICAL.Component(ICAL.parse(readFileSync(0, "utf8")));
for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);
const iso = (time) => time.toJSDate().toISOString().replace(".000", "");
const events = calendar.getAllSubcomponents("vevent").map((component) => {
  const event = new ICAL.Event(component);
  return {
    uid: event.uid,
    summary: event.summary,
    start: iso(event.startDate),
    end: iso(event.endDate),
    sequence: component.getFirstPropertyValue("sequence"),
  };
});
console.log(JSON.stringify(events));
