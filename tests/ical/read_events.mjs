// Reads calendars with ical.js: one JSON string (a calendar) a line on standard input, one JSON answer a line:
// [{uid, summary, start, end, organizer, attendees}] with the instants in milliseconds, worked out from the VTIMEZONE in
// the text alone. {"expand": text, "from": ms, "to": ms} gives the instants of the recurring event's starts instead, and
// {"card": text} the properties of a vCard as [name, value].
import ICAL from "../e2e/node_modules/ical.js/dist/ical.js";
import { createInterface } from "node:readline";

const plain = (property) => property && { cn: property.getParameter("cn") ?? "", to: property.getFirstValue() };

function calendar(text) {
  const root = new ICAL.Component(ICAL.parse(text));
  ICAL.TimezoneService.reset();
  for (const zone of root.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(new ICAL.Timezone(zone));
  return root;
}

function events(text) {
  const root = calendar(text);
  return root.getAllSubcomponents("vevent").map((part) => {
    const event = new ICAL.Event(part);
    return {
      uid: event.uid,
      method: root.getFirstPropertyValue("method"),
      sequence: event.sequence,
      summary: event.summary,
      description: event.description,
      location: event.location,
      start: event.startDate.toUnixTime() * 1000,
      end: event.endDate.toUnixTime() * 1000,
      organizer: plain(part.getFirstProperty("organizer")),
      attendees: part.getAllProperties("attendee").map(plain),
      properties: part.getAllProperties().length,
    };
  });
}

function expand({ expand: text, from, to }) {
  const event = new ICAL.Event(calendar(text).getFirstSubcomponent("vevent"));
  const out = [];
  for (const times = event.iterator(); out.length < 5000;) {
    const next = times.next();
    const at = next && next.toUnixTime() * 1000;
    if (!next || at >= to) break;
    if (at >= from) out.push(at);
  }
  return out;
}

function card({ card: text }) {
  const root = new ICAL.Component(ICAL.parse(text));
  return root.getAllProperties().map((property) => [property.name, property.getFirstValue().toString()]);
}

function answer(line) {
  try {
    const asked = JSON.parse(line);
    if (typeof asked === "string") return events(asked);
    return asked.card ? card(asked) : expand(asked);
  } catch (error) {
    return { error: String(error) };
  }
}

for await (const line of createInterface({ input: process.stdin })) console.log(JSON.stringify(answer(line)));
