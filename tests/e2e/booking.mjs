// Booking in a real browser over the real program: without JavaScript, by keyboard alone, on a phone, in English and
// French; a time that goes, a call back, moving and cancelling by one's own link, the embed on another site. Every step
// is read by axe, light and dark; the weight of the page is measured.
//   node tests/e2e/booking.mjs [FOLDER]     screenshots go to FOLDER (default build/screens)
import { createServer as createHttp } from "node:http";
import { join } from "node:path";
import { apiOf, check, freePort, judge, keyOf, run, screens } from "./house.mjs";
import { book, pause, says, somebody } from "./visitor.mjs";

const shot = (page, name) => page.screenshot({ path: join(screens, `${name}.png`), fullPage: true });

async function steps(browser, server) {
  for (const [lang, locale] of [["en", "en-GB"], ["fr", "fr-FR"]])
    for (const colorScheme of ["light", "dark"])
      for (const [size, viewport] of [["desktop", { width: 1280, height: 860 }], ["phone", { width: 390, height: 844 }]]) {
        const context = await browser.newContext({ viewport, colorScheme, locale, timezoneId: "Europe/London", reducedMotion: "reduce" });
        const page = await context.newPage();
        const faults = [];
        page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
        page.on("pageerror", (error) => faults.push(String(error)));
        const tag = `${size}-${colorScheme}-${lang}`;
        const look = async (step) => {
          await judge(page, `${step} ${tag}`);
          if (lang === "en" || size === "phone") await shot(page, `booking-${step}-${tag}`);
        };
        const mine = await book(page, server.url, lang, look);
        for (const [step, path] of Object.entries({ mine, move: `${mine}/move`, cancel: `${mine}/cancel`, call: "/b/first-talk/call", wait: "/b/first-talk/wait", list: "/b", unknown: "/a/0000" })) {
          await page.goto(server.url + path);
          await look(step);
        }
        check(`${tag}: nothing was wrong in the console`, faults.filter((f) => !f.includes("404")).length === 0, faults.join("; "));
        await context.close();
      }
}

async function withoutScript(browser, server) {
  const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 390, height: 844 }, locale: "en-GB" });
  const page = await context.newPage();
  await page.goto(`${server.url}/b/first-talk`);
  await page.getByRole("link", { name: "Later days" }).click();
  await page.locator(".days a").nth(1).click();
  check("without script: a day has times", (await page.locator(".times button").count()) > 3);
  await page.getByLabel("Times are shown for").selectOption("Asia/Tokyo");
  await page.getByRole("button", { name: "Show", exact: true }).click();
  check("without script: another zone", (await page.getByLabel("Times are shown for").inputValue()) === "Asia/Tokyo");
  await page.locator("header nav a").filter({ hasText: "Français" }).click();
  check("without script: another language, the zone stays", (await page.locator("html").getAttribute("lang")) === "fr" && (await page.locator("#zone").inputValue()) === "Asia/Tokyo");
  const mine = await book(page, server.url, "en");
  await page.goto(server.url + mine);
  await page.getByRole("button", { name: "Yes, I will come" }).click();
  check("without script: confirmed", await page.getByText("We are expecting you").isVisible());
  await page.getByRole("link", { name: "Choose another time" }).click();
  const was = await page.locator("main p strong").first().innerText();
  await page.locator(".times button").last().click();
  check("without script: moved", await page.getByText("has a new time").isVisible() && !(await page.locator("dl").innerText()).includes(was));
  await page.getByRole("link", { name: "Cancel" }).click();
  await page.getByLabel(/Why/).fill("Something came up");
  await page.getByRole("button", { name: "Cancel the appointment" }).click();
  check("without script: cancelled", await page.getByText("This appointment is cancelled").isVisible());
  await judgeFree(page, browser, server);
  check("without script: book again", await page.getByRole("link", { name: "Book a new appointment" }).isVisible());
  await page.goto(`${server.url}/b/first-talk`);
  await page.getByRole("link", { name: "Ask us to call you back" }).click();
  await page.getByLabel("Your name").fill("Paul");
  await page.getByLabel("Phone").fill("not a number");
  await pause(page);
  await page.getByRole("button", { name: "Call me back" }).click();
  check("without script: a fault is named and the name stays", (await page.getByText("This is not a phone number").first().isVisible()) && (await page.getByLabel("Your name").inputValue()) === "Paul");
  await page.getByLabel("Phone").fill("0117 496 0199");
  await page.getByRole("button", { name: "Call me back" }).click();
  check("without script: a call is promised with its time", /We call you on \w+ \d+ \w+ between/.test(await page.locator("main").innerText()), await page.locator("main").innerText());
  await shot(page, "booking-called-phone");
  await context.close();
}

// The same page once more with scripts, for axe.
async function judgeFree(page, browser, server) {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, locale: "en-GB" });
  const other = await context.newPage();
  await other.goto(page.url().startsWith("http") ? page.url() : server.url);
  await judge(other, "cancelled");
  await shot(other, "booking-cancelled-phone");
  await context.close();
}

// Questions first: they bring up each other, lead to a time, an article, a call or a place on the list.
async function questions(browser, server) {
  for (const [lang, locale, javaScriptEnabled, colorScheme] of [["en", "en-GB", true, "light"], ["en", "en-GB", true, "dark"], ["fr", "fr-FR", true, "light"], ["en", "en-GB", false, "light"]]) {
    const t = { en: { need: "A problem that has to be solved", looking: "Advice on a decision", me: "For myself or my family", soon: "In the next weeks", only: "I am only finding out", on: "Continue", more: /bring up a little more/, file: /letter or document/, details: /anything we should know/, anyway: /I have read it/ },
      fr: { need: "Un problème à résoudre", looking: "Un conseil pour une décision", me: "Pour moi ou ma famille", soon: "Dans les prochaines semaines", only: "Je me renseigne seulement", on: "Continuer", more: /appellent encore une précision/, file: /lettre ou un document/, details: /quelque chose à savoir/, anyway: /Je l’ai lu/ } }[lang];
    const tag = `questions ${lang} ${colorScheme}${javaScriptEnabled ? "" : " without script"}`;
    const context = await browser.newContext({ javaScriptEnabled, colorScheme, viewport: { width: 390, height: 844 }, locale, timezoneId: "Europe/London", reducedMotion: "reduce" });
    const page = await context.newPage();
    const look = async (step) => {
      if (javaScriptEnabled) await judge(page, `${step} ${tag}`);
      if (javaScriptEnabled) await shot(page, `booking-${step}-${lang}-${colorScheme}`);
    };
    await page.goto(`${server.url}/b/advice`);
    await look("questions");
    await page.getByLabel(t.looking).check();
    await page.getByLabel(t.me).check();
    await page.getByLabel(t.only).check();
    await pause(page);
    await page.getByRole("button", { name: t.on }).click();
    await look("read-first");
    check(`${tag}: an article is offered`, (await page.locator("main h2 a[href^='/articles/']").count()) === 1, page.url());
    await pause(page);
    await page.getByRole("button", { name: t.anyway }).click();
    check(`${tag}: and booking stays open`, (await page.locator(".chips button").count()) > 0, page.url());
    await page.goto(`${server.url}/b/advice`);
    await page.getByLabel(t.need).check();
    await page.getByLabel(t.me).check();
    await page.getByLabel(t.soon).check();
    await page.getByLabel(t.details).fill("A wall & a roof");
    await page.getByRole("button", { name: t.on }).click();
    check(`${tag}: a question is brought up`, await page.getByText(t.more).isVisible(), page.url());
    check(`${tag}: what was typed stays`, (await page.getByLabel(t.details).inputValue()) === "A wall & a roof");
    await look("questions-more");
    await page.getByLabel(t.file).setInputFiles({ name: "letter.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.4 test") });
    await page.getByRole("button", { name: t.on }).click();
    check(`${tag}: no answer stands in an address`, !/wall|problem|letter/.test(page.url()), page.url());
    await page.locator(".chips button").first().click();
    const w = says[lang];
    await page.getByLabel(w.name).fill("Noor Haddad");
    await page.getByLabel(w.mail, { exact: true }).fill(somebody());
    await page.getByLabel(w.how).check();
    await pause(page);
    await page.getByRole("button", { name: w.send }).click();
    check(`${tag}: booked`, (await page.locator("h1").innerText()) === w.done, await page.locator("main").innerText());
    await page.goto(`${server.url}/b/partners?lang=en`);
    await page.getByLabel("Ask about a customer we share").check();
    await page.getByRole("button", { name: "Continue" }).click();
    check(`${tag}: a call instead`, page.url().includes("/b/partners/call") && (await page.getByText(/a call is faster/).isVisible()), page.url());
    await look("call-first");
    await context.close();
  }
}

async function byKeyboard(browser, server) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, locale: "en-GB", timezoneId: "Europe/London" });
  const page = await context.newPage();
  const tabTo = async (selector) => {
    for (let i = 0; i < 80; i += 1) {
      await page.keyboard.press("Tab");
      if (await page.evaluate((s) => document.activeElement?.matches(s), selector)) return true;
    }
    return false;
  };
  await page.goto(`${server.url}/b/first-talk`);
  check("keyboard: a day is reached", await tabTo(".days a:not([aria-current])"));
  await page.keyboard.press("Enter");
  await page.waitForURL("**/*#times");
  check("keyboard: focus goes to the times", await page.evaluate(() => document.activeElement?.id === "times" || document.querySelector("#times:target") !== null));
  check("keyboard: a time is reached", await tabTo(".times button"));
  const ring = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
  check("keyboard: the focus is seen", ring === "solid");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/details?*");
  check("keyboard: the name is reached", await tabTo("#details-name"));
  await page.keyboard.type("Ines Duarte");
  await tabTo("#details-email");
  await page.keyboard.type(somebody());
  await pause(page);
  await page.keyboard.press("Enter");
  await page.waitForURL("**/done?*");
  check("keyboard: booked", (await page.locator("h1").innerText()) === "Your appointment is booked");
  await context.close();
}

async function goneTime(browser, server) {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, locale: "en-GB", timezoneId: "Europe/London" });
  const page = await context.newPage();
  // Both advisors are free at the soonest time: it is gone when a third person wants it.
  await page.goto(`${server.url}/b/yearly-review`);
  for (let i = 0; i < 2; i += 1) {
    const elsewhere = await browser.newContext({ locale: "en-GB", timezoneId: "Europe/London" });  // other people have other browsers
    const rival = await elsewhere.newPage();
    await rival.goto(`${server.url}/b/yearly-review`);
    const same = rival.locator(`button[value="${await page.locator(".chips button").first().getAttribute("value")}"]`).first();
    if ((await same.count()) > 0) await same.click();
    await elsewhere.close();
  }
  const [answer] = await Promise.all([page.waitForNavigation(), page.locator(".chips button").first().click()]);
  check("gone: 409", answer.status() === 409, String(answer.status()));
  check("gone: the three nearest", (await page.locator(".gone button").count()) === 3);
  await shot(page, "booking-gone-phone");
  await judge(page, "gone");
  await page.locator(".gone button").first().click();
  check("gone: another one is kept", await page.getByText(/Kept for you until/).isVisible());
  await context.close();
}

// What a browser receives that has never been here: everything, with the headers, as it comes over the wire.
async function weight(browser, server) {
  const context = await browser.newContext({ locale: "en-GB", timezoneId: "Europe/London" });
  const page = await context.newPage();
  const wire = await context.newCDPSession(page);
  let received = 0;
  let requests = 0;
  const elsewhere = [];
  page.on("request", (request) => request.url().startsWith(`${server.url}/`) || elsewhere.push(request.url()));
  wire.on("Network.loadingFinished", ({ encodedDataLength }) => {
    received += encodedDataLength;
    requests += 1;
  });
  await wire.send("Network.enable");
  const answer = await page.goto(`${server.url}/b/first-talk`, { waitUntil: "networkidle" });
  const html = await answer.text();
  const files = new Set([...html.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map((m) => m[1]));
  let plain = Buffer.byteLength(html);
  for (const path of files) plain += Buffer.byteLength(await (await fetch(server.url + path)).text());
  await context.close();
  console.log(`page weight: ${plain} bytes, ${received} over the wire with headers, ${requests} requests`);
  check("page and files were all counted", requests >= files.size, `${requests} of ${files.size + 1}`);
  check("the page weighs at most 20 kB over the wire", received <= 20 * 1024, String(received));
  check("it came compressed", answer.headers()["content-encoding"] === "gzip" && received < plain / 2, String(received));
  check("nothing comes from elsewhere", elsewhere.length === 0 && !/<(?:script|img|iframe|object)[^>]*(?:src|data)="(?!\/assets\/)/.test(html), elsewhere.join(" "));
  const embed = await (await fetch(`${server.url}/embed.js`)).text();
  check("the loader has at most 3 kB", Buffer.byteLength(embed) <= 3 * 1024, String(embed.length));
}

// Another site with one line of script.
async function embedded(browser, server) {
  const port = await freePort();
  const host = createHttp((request, response) => {
    const mode = new URL(request.url, "http://x").searchParams.get("mode");
    response.setHeader("Content-Type", "text/html");
    response.end(`<!doctype html><html lang="en"><title>Host</title><body><a id="l" href="${server.url}/b/first-talk" data-onward="${mode}">Book a talk</a><script src="${server.url}/embed.js"></script><script>window.got=[];addEventListener("onward:booked",(e)=>got.push(e.detail))</script>`);
  }).listen(port, "127.0.0.1");
  const context = await browser.newContext({ viewport: { width: 1000, height: 800 }, locale: "en-GB", timezoneId: "Europe/London" });
  const page = await context.newPage();
  await page.goto(`http://127.0.0.1:${port}/?mode=inline&utm_source=letter`);
  const frame = page.frameLocator("iframe");
  await frame.getByRole("region", { name: "Soonest" }).getByRole("button").first().click();
  await frame.getByLabel("Your name").fill("Lena");
  await frame.getByLabel("E-mail", { exact: true }).fill(somebody());
  check("embed: attribution goes along", (await frame.locator("input[name=utm_source]").first().inputValue()) === "letter");
  await pause(page);
  await frame.getByRole("button", { name: "Book this appointment" }).click();
  await frame.getByText("Your appointment is booked").waitFor();
  await page.waitForFunction(() => window.got.length > 0).catch(() => {});
  check("embed: the host is told once", (await page.evaluate(() => window.got.length)) === 1);
  check("embed: and told nothing personal", !JSON.stringify(await page.evaluate(() => window.got)).includes("@"));
  check("embed: the frame is as high as its page", (await page.locator("iframe").evaluate((n) => n.style.height)) !== "640px");
  await shot(page, "booking-embed");
  await page.goto(`http://127.0.0.1:${port}/?mode=popup`);
  await page.locator("#l").click();
  check("embed: a dialog opens", await page.frameLocator("dialog iframe").getByText("Soonest").isVisible().catch(() => false) || (await page.frameLocator("dialog iframe").getByText("Soonest").waitFor().then(() => true)));
  await page.keyboard.press("Escape");
  const back = () => document.activeElement?.id === "l" && !document.querySelector("dialog");
  check("embed: and gives the focus back", await page.waitForFunction(back, null, { timeout: 5000 }).then(() => true, () => false));
  await page.goto(`http://127.0.0.1:${port}/?mode=float`);
  await page.locator("#l").click();
  await page.frameLocator("dialog iframe").getByText("Soonest").waitFor();
  check("embed: a floating button opens it", true);
  await context.close();
  const plain = await browser.newContext({ javaScriptEnabled: false });
  const link = await plain.newPage();
  await link.goto(`http://127.0.0.1:${port}/?mode=popup`);
  await link.locator("#l").click();
  check("embed: without script it is a link", link.url() === `${server.url}/b/first-talk`);
  await plain.close();
  host.closeAllConnections();  // the browser keeps some open, and close() alone would wait for them for ever
  await new Promise((resolve) => host.close(resolve));
}

// Requests that a host declines, the waitlist of an event, and the page that says why: on the public side without JavaScript.
async function kinds(browser, server) {
  const key = keyOf(server);
  const api = apiOf(server, key);
  const first = (await api("GET", "/meeting-types")).data.find((type) => type.slug === "first-talk");
  const like = { type: first.type, length_min: 30, channels: ["in_person"], hosts: first.hosts.slice(0, 1).map(({ advisor_id }) => ({ advisor_id })) };
  await api("POST", "/meeting-types", { ...like, slug: "examined", name: { en: "An examined talk", fr: "Un entretien examiné" }, approval: true });
  const bare = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 390, height: 844 }, locale: "en-GB" });
  const page = await bare.newPage();
  const looking = await browser.newContext({ viewport: { width: 390, height: 844 }, locale: "fr-FR", reducedMotion: "reduce" });
  const other = await looking.newPage();
  const seen = async (path, name) => {
    for (const colorScheme of ["light", "dark"]) {
      await other.emulateMedia({ colorScheme });
      await other.goto(server.url + path);
      await judge(other, `${name} ${colorScheme}`);
    }
    await shot(other, `booking-${name}-phone`);
  };
  await page.goto(`${server.url}/b/examined`);
  await page.getByRole("region", { name: "Soonest" }).getByRole("button").first().click();
  await page.getByLabel("Your name").fill("Noor Haddad");
  await page.getByLabel("E-mail", { exact: true }).fill(somebody());
  await pause(page);
  await page.getByRole("button", { name: "Book this appointment" }).click();
  check("request: it says so", (await page.locator("h1").innerText()) === "We have received your request", await page.locator("main").innerText());
  const mine = await page.locator("main a[href^='/a/']:not([href$='.ics']):not([href$='.vcf'])").first().getAttribute("href");
  await seen(mine, "requested");
  const [asked] = (await api("GET", "/appointments?state=requested")).data;
  await api("POST", `/appointments/${asked.id}/decline`, { reason: "Inventory" });
  await page.goto(server.url + mine);
  check("request: declined kindly, with three other times", (await page.getByText("does not work for us after all").isVisible()) && (await page.locator(".gone button").count()) === 3);
  await seen(mine, "declined");
  await page.locator(".gone button").first().click();
  check("request: another time is kept at once", await page.getByText(/Kept for you until/).isVisible());

  const event = await api("POST", "/meeting-types", { ...like, slug: "evening", name: { en: "An evening", fr: "Une soirée" }, event: true, seats: 2 });
  await page.goto(`${server.url}/b/evening`);
  await page.getByRole("link", { name: "Tell me when a time is free" }).click();
  await page.getByLabel("Your name").fill("Lena Meyer");
  await page.getByLabel("E-mail", { exact: true }).fill(somebody());
  const until = await page.getByLabel("Until which day").inputValue();
  await page.getByLabel("Until which day").fill("2020-01-01");
  await pause(page);
  await page.getByRole("button", { name: "Put me on the list" }).click();
  check("waitlist: a fault is named and the name stays", (await page.getByText("This must not be before the first day").first().isVisible()) && (await page.getByLabel("Your name").inputValue()) === "Lena Meyer");
  await page.getByLabel("Until which day").fill(until);
  await page.getByRole("button", { name: "Put me on the list" }).click();
  check("waitlist: joined", (await page.locator("h1").innerText()) === "You are on the list", await page.locator("main").innerText());
  const free = (await api("GET", `/meeting-types/${first.id}/slots?refused=false`)).data;
  const start = free.filter((slot) => slot.hosts.includes(like.hosts[0].advisor_id)).at(-1).start;
  const day = start.slice(0, 10);
  const entry = await api("POST", "/waitlist-entries", { meeting_type_id: event.id, contact: { name: "Ines Duarte", emails: [somebody()] }, from_date: day, to_date: day, zone: "UTC" });
  const place = new URL(entry.link).pathname;
  await seen(place, "waiting");
  await api("POST", `/meeting-types/${event.id}/sessions`, { starts: [start] });
  await page.goto(server.url + place);
  check("waitlist: a time is offered", await page.getByText("A time is free for you").isVisible(), await page.locator("main").innerText());
  await seen(place, "offered");
  await pause(page);
  await page.getByRole("button", { name: "Take this time" }).click();
  check("waitlist: taken", new URL(page.url()).pathname.startsWith("/a/"), page.url());

  await other.goto(`${server.url}/signin`);
  await other.locator("input[name=key]").fill(key);
  await other.keyboard.press("Enter");
  await other.waitForURL("**/today");
  await seen(`/desk/why?type=${first.id}&day=${day}&time=03:00&zone=Europe/London`, "why");
  check("why: a reason in words", (await other.locator("main li li").count()) > 0, await other.locator("main").innerText());
  await bare.close();
  await looking.close();
}

await run([weight, withoutScript, questions, byKeyboard, goneTime, kinds, embedded, steps]);
