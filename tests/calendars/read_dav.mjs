// Reads an account with tsdav as a calendar program does: node read_dav.mjs SERVER USER PASSWORD. From discovery to the
// objects of each calendar, [{calendar, data}] on standard output.
import { DAVClient } from "tsdav";

const [serverUrl, username, password] = process.argv.slice(2);
const client = new DAVClient({ serverUrl, credentials: { username, password }, authMethod: "Basic", defaultAccountType: "caldav" });
await client.login();
const found = [];
for (const calendar of await client.fetchCalendars())
  for (const { data } of await client.fetchCalendarObjects({ calendar })) found.push({ calendar: calendar.displayName, data });
console.log(JSON.stringify(found));
