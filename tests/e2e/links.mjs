// Programs open the links of mails before people do, with JavaScript on and from a real browser. Here one does: every
// link of every mail that the demonstration sends in three weeks, of an appointment and of its calendar file, and every
// link on the pages behind them. Nothing in the database may be another one afterwards.
//   node tests/e2e/links.mjs
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { check, run } from "./house.mjs";
import { advance, book, enter } from "./visitor.mjs";

const mostPages = 300;
const settleMs = 300; // what a page's script might do by itself
// What opening a page may write, and nothing else:
const mayChange = [
  /^INSERT INTO sqlite_sequence VALUES\('fact',/,
  /^INSERT INTO fact VALUES\(\d+,\d+,'asset\.viewed',/, // a look at a document, of a contact who agreed that looks are counted
  /^INSERT INTO article_visit /, // kinds of visitors of articles by day
  /^INSERT INTO session /, // when somebody who is signed in was last here
];

// Of a link: views, first_view_at, last_view_at.
const looks = /^(INSERT INTO link VALUES\((?:[^,]+,){6})(?:[^,]+,){3}(\d+\);)$/;

const database = (server) => join(server.data, "onward.db");
const ask = (server, sql) => execFileSync("sqlite3", ["-readonly", database(server), sql], { encoding: "utf8", maxBuffer: 1 << 28 });

function kept(server) {
  const rows = ask(server, ".dump").split("\n");
  return rows.filter((row) => !mayChange.some((pattern) => pattern.test(row))).map((row) => row.replace(looks, "$1$2"));
}

const decoded = (raw) => raw.replace(/=\r?\n/g, "").replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));

function linksOfMails(server) {
  const raw = decoded(ask(server, "SELECT raw FROM captured_mail"));
  const found = raw.match(new RegExp(`${server.url}[^\\s"<>)\\]]*`, "g")) ?? [];
  return new Set(found.map((link) => link.replace(/&amp;/g, "&").replace(/[.,;]+$/, "")));
}

async function crawl(browser, server, from) {
  const context = await browser.newContext({ locale: "en-GB", timezoneId: "Europe/London" }); // nobody: no cookie
  const page = await context.newPage();
  const posts = [];
  page.on("request", (request) => request.method() !== "GET" && posts.push(`${request.method()} ${request.url()}`));
  const waiting = [...from];
  const seen = new Set();
  const opened = {};
  while (waiting.length > 0 && seen.size < mostPages) {
    const url = waiting.shift();
    if (seen.has(url)) continue;
    seen.add(url);
    const answer = await page.goto(url, { waitUntil: "load" }).catch(() => null); // a file is saved, not shown
    const kind = new URL(url).pathname.split("/")[1];
    if (!answer) continue;
    if (answer.status() === 200) opened[kind] = (opened[kind] ?? 0) + 1;
    if (!from.has(url)) continue; // one step further than the mail
    await page.waitForTimeout(settleMs);
    for (const href of await page.locator("a[href]").evaluateAll((all) => all.map((a) => a.href.replace(/#.*/, ""))))
      if (href.startsWith(`${server.url}/`)) waiting.push(href);
  }
  await context.close();
  return { opened, posts, seen };
}

async function programs(browser, server) {
  const person = await browser.newContext({ locale: "en-GB", timezoneId: "Europe/London" });
  const desk = await enter(person, server.url);
  await advance(desk, server.url, "1 day later");
  await advance(desk, server.url, "3 weeks later");
  const mine = await book(await person.newPage(), server.url, "en");
  await person.close();
  const links = linksOfMails(server);
  check("mails have links", [...links].some((link) => link.includes("/p/")), [...links].slice(0, 5).join(" "));
  for (const path of ["", "/move", "/cancel", "/event.ics"]) links.add(server.url + mine + path);
  const before = kept(server);
  const appointments = ask(server, "SELECT id, state, updated_at FROM appointment ORDER BY id");
  const { opened, posts, seen } = await crawl(browser, server, links);
  console.log(`${links.size} links, ${seen.size} addresses opened: ${JSON.stringify(opened)}`);
  check("every link was opened", [...links].every((link) => seen.has(link)), `${seen.size} of ${links.size}`);
  check("preferences and appointments were among them", opened.p > 0 && opened.a > 0, JSON.stringify(opened));
  check("nothing was sent but questions", posts.length === 0, posts.join(" "));
  check("no appointment changed", ask(server, "SELECT id, state, updated_at FROM appointment ORDER BY id") === appointments);
  const after = kept(server);
  const was = new Set(before);
  const is = new Set(after);
  const changed = [...after.filter((row) => !was.has(row)).map((row) => `+ ${row}`), ...before.filter((row) => !is.has(row)).map((row) => `- ${row}`)];
  check("nothing in the database changed", changed.length === 0, changed.slice(0, 6).join("\n"));
}

await run([programs]);
