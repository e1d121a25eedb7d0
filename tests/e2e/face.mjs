// A newcomer's path through the pages, in a real browser over the real program: into the demonstration, a talk is
// logged, the recap approved, three weeks go by. Every page is read by axe,
// wide and narrow, light and dark, in English and French; and the path is walked a second time without JavaScript.
//   node tests/e2e/face.mjs [FOLDER]     screenshots go to FOLDER (default build/screens)
import { join } from "node:path";
import { check, judge, run, screens } from "./house.mjs";
import { advance, enter } from "./visitor.mjs";

// From Today to the mails of three weeks. Gives the conversation's path.
async function walk(page, url, words) {
  await page.goto(`${url}/conversations?q=Amara`);
  await page.getByRole("link", { name: /Amara Osei/ }).first().click();
  const conversation = new URL(page.url()).pathname;
  await page.getByRole("link", { name: "Log a talk" }).click();
  await page.getByLabel("What was discussed").fill(words);
  await page.getByLabel("What matters to them").fill("A fixed rate\nAn answer before Friday");
  await page.getByLabel("What 1", { exact: true }).fill("Send two offers");
  await page.getByRole("checkbox", { name: "What advice costs, and what it saves" }).check();
  await page.getByRole("button", { name: "Log the talk" }).click();
  await page.waitForURL(`**${conversation}`);
  const body = () => page.locator("main").innerText();
  check("the talk is in the timeline", (await body()).includes(words));
  check("what was promised is listed", (await body()).includes("Send two offers"));
  check("what comes next is listed", !(await body()).includes("Nothing is planned."));
  return conversation;
}

async function approve(page, url, conversation) {
  await page.goto(url + conversation);
  const draft = page.getByRole("link", { name: "Read and approve" }).first();
  if ((await draft.count()) === 0) return false;
  await draft.click();
  await page.getByRole("button", { name: "Approve", exact: true }).first().click();
  await page.waitForURL(`**${conversation}`);
  return true;
}

async function newcomer(browser, server) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, locale: "en-GB" });
  const page = await enter(context, server.url);
  const faults = [];
  page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
  page.on("pageerror", (error) => faults.push(String(error)));
  check("Today says how many", /need|clear/i.test(await page.locator("h1").innerText()));
  await judge(page, "today");
  const conversation = await walk(page, server.url, "She wants to fix her mortgage before the rate goes up.");
  await judge(page, "conversation");
  check("the recap waits for approval and is approved", await approve(page, server.url, conversation));
  await page.goto(server.url + conversation);
  await page.locator("#message > summary").click();
  await page.getByLabel("Subject").fill("One more thing");
  await page.locator("#message-body").fill("I will call on Thursday.");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  check("a message can be undone", await page.getByText(/Sending in \d+ s/).isVisible());
  await judge(page, "conversation with a message on hold");
  await page.getByRole("button", { name: "Undo" }).click();
  check("and is gone then", (await page.getByText(/Sending in/).count()) === 0);
  await advance(page, server.url, "1 day later");
  while (await approve(page, server.url, conversation));
  await advance(page, server.url, "3 weeks later");
  await judge(page, "demo");
  const mails = await page.locator("main").innerText();
  check("mails to her were captured", mails.includes("amara@osei.example"));
  await page.locator("main a").filter({ hasText: /./ }).first().click();
  await judge(page, "mail");
  check("a captured mail shows its headers", (await page.locator("pre").first().innerText()).includes("Message-ID:"));
  await page.goto(server.url + conversation);
  check("the sequence's touches are in the timeline", (await page.locator("main").getByText("Sent", { exact: true }).count()) > 0);
  await judge(page, "conversation after three weeks");
  check("nothing was wrong in the browser's console", faults.length === 0, faults.join("; "));
  await context.close();
  return conversation;
}

async function withoutScript(browser, server) {
  const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 390, height: 844 }, locale: "en-GB" });
  const page = await enter(context, server.url);
  await page.goto(`${server.url}/contacts`);
  await page.locator("summary").filter({ hasText: "New contact" }).click();
  await page.getByLabel("Name").fill("Noor Haddad");
  await page.getByLabel("E-mail").fill("noor@haddad.example");
  await page.getByRole("button", { name: "Add the contact" }).click();
  await page.locator("summary").filter({ hasText: "Open a conversation" }).click();
  await page.getByLabel("What it is about").fill("A first question");
  await page.getByRole("button", { name: "Open the conversation" }).click();
  await page.getByRole("link", { name: "Log a talk" }).click();
  await page.getByLabel("Held at").fill("2099-01-01T10:00");
  await page.getByLabel("What was discussed").fill("Typed once");
  await page.getByRole("button", { name: "Log the talk" }).click();
  check("without script: a fault is named", await page.getByText("This must lie in the past.").first().isVisible());
  check("without script: what was typed stays", (await page.getByLabel("What was discussed").inputValue()) === "Typed once");
  await page.getByLabel("Held at").fill("2020-01-01T10:00");
  await page.getByRole("button", { name: "Log the talk" }).click();
  check("without script: the talk is logged", (await page.locator("main").innerText()).includes("Typed once"));
  await advance(page, server.url, "1 hour later");
  check("without script: the clock moves", await page.getByRole("status").isVisible());
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.goto(`${server.url}/today`);
  check("without script: signed out is out", page.url().includes("/signin"));
  await context.close();
}

// The link in a captured mail: looking changes nothing, choosing does.
async function recipient(browser, server) {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, locale: "fr-FR" });
  const page = await enter(context, server.url);
  await page.goto(`${server.url}/demo`);
  const paths = await page.locator("main .rows a").evaluateAll((links) => links.map((a) => a.getAttribute("href")));
  let preferences = "";
  let shared = "";
  for (const path of paths) {
    await page.goto(server.url + path);
    const text = await page.locator("main").innerText();
    preferences ||= text.match(/\/p\/[\w-]{16,}/)?.[0] ?? "";
    shared ||= text.match(/\/s\/[\w-]{16,}/)?.[0] ?? "";
  }
  await context.clearCookies();
  check("a mail has a link to preferences", preferences !== "");
  if (preferences) {
    await page.goto(server.url + preferences);
    await judge(page, "preferences");
    await page.screenshot({ path: join(screens, "preferences-phone.png"), fullPage: true });
    await page.locator("input[value=nothing]").check();
    await page.locator("main button").click();
    check("a choice is saved", page.url().endsWith("?saved=1") && (await page.locator("input[value=nothing]").isChecked()));
    await judge(page, "preferences saved");
  }
  check("a mail has a link to a document", shared !== "");
  if (shared) {
    await page.goto(server.url + shared);
    await judge(page, "document");
    await page.screenshot({ path: join(screens, "document-phone.png"), fullPage: true });
  }
  await context.close();
}

// What the public reads, with scripts on so that the console would tell of a refused data block; and the desk without.
async function authority(browser, server) {
  for (const colorScheme of ["light", "dark"])
    for (const [label, viewport] of [["desktop", { width: 1280, height: 860 }], ["narrow", { width: 320, height: 640 }]]) {
      const context = await browser.newContext({ viewport, colorScheme });
      const page = await context.newPage();
      const faults = [];
      page.on("console", (message) => faults.push(message.text()));
      const pages = { articles: "/articles/", artikel: "/articles/?language=fr", article: "/articles/how-advice-is-paid-for",
        "article-fr": "/articles/choisir-entre-deux-conseillers", gone: "/articles/none" };
      for (const [name, path] of Object.entries(pages)) {
        await page.goto(server.url + path);
        if (name !== "gone") check(`${name}: the data block is there`, await page.evaluate(() => JSON.parse(document.querySelector("script[type='application/ld+json']").textContent)["@graph"].length > 0));
        await page.locator("details").evaluateAll((all) => all.forEach((one) => { one.open = true; }));
        await judge(page, `${name} ${label} ${colorScheme}`);
        await page.screenshot({ path: join(screens, `${name}-${label}-${colorScheme}.png`), fullPage: true });
      }
      check(`public pages say nothing to the console (${label} ${colorScheme})`, faults.filter((f) => !f.includes("404")).length === 0, faults.join("; "));
      check(`public pages set no cookie (${label} ${colorScheme})`, (await context.cookies()).length === 0);
      await context.close();
    }
  const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 390, height: 844 }, locale: "en-GB" });
  const page = await enter(context, server.url);
  await page.goto(`${server.url}/desk/articles`);
  await page.getByRole("link", { name: "New article" }).click();
  await page.getByLabel("Title").fill("What <b>bold</b> costs");
  await page.getByLabel("Summary").fill("Boldness is free.");
  await page.getByLabel("Text", { exact: true }).fill("Some **bold** words.");
  await page.getByLabel("Questions and answers").fill("? Is it free?\nYes.");
  await page.getByRole("button", { name: "Preview" }).click();
  check("desk: the preview shows the text", await page.locator("section strong", { hasText: "bold" }).isVisible());
  await page.getByRole("button", { name: "Save the draft" }).click();
  check("desk: what is missing is said", await page.getByText("It names no source.").isVisible());
  await page.getByRole("button", { name: "Publish" }).click();
  await page.getByRole("link", { name: "As an AI tool sees it" }).click();
  check("desk: the answers are extracted", await page.locator("dd", { hasText: "Yes." }).isVisible());
  await page.screenshot({ path: join(screens, "desk-seen-phone.png"), fullPage: true });
  await page.goto(`${server.url}/articles/what-b-bold-b-costs`);
  check("desk: the public reads it", (await page.locator("h1").innerText()) === "What <b>bold</b> costs");
  await context.close();
}

async function everyPage(browser, server, conversation) {
  for (const [label, viewport] of [["desktop", { width: 1280, height: 860 }], ["phone", { width: 390, height: 844 }], ["narrow", { width: 320, height: 640 }]])
    for (const colorScheme of ["light", "dark"]) {
      const context = await browser.newContext({ viewport, colorScheme, locale: "en-GB", reducedMotion: "reduce" });
      const page = await enter(context, server.url);
      if (colorScheme === "dark") await page.getByRole("button", { name: "Français" }).click();
      const next = (await page.goto(server.url + conversation), await page.locator("main a[href^='/touches/']").first().getAttribute("href").catch(() => null));
      const contact = await page.locator("h1 a").getAttribute("href");
      await page.goto(`${server.url}/desk/articles`);
      const desk = await page.locator("main .rows h2 a").first().getAttribute("href");
      const pages = { today: "/today", conversations: "/conversations", conversation, talk: `${conversation}/talk`, pipeline: "/pipeline",
        contacts: "/contacts", contact, "desk-articles": "/desk/articles", "desk-calendars": "/desk/calendars", "desk-new": "/desk/articles/new",
        ...(desk ? { "desk-article": desk, "desk-seen": `${desk}/seen` } : {}), forecast: "/forecast", demo: "/demo", missing: "/conversations/cnv_none", ...(next ? { touch: next } : {}) };
      for (const [name, path] of Object.entries(pages)) {
        await page.goto(server.url + path);
        await judge(page, `${name} ${label} ${colorScheme}`);
        if (label !== "narrow") await page.screenshot({ path: join(screens, `${name}-${label}-${colorScheme}.png`), fullPage: true });
      }
      await context.clearCookies();
      await page.goto(`${server.url}/signin`);
      await judge(page, `signin ${label} ${colorScheme}`);
      if (label !== "narrow") await page.screenshot({ path: join(screens, `signin-${label}-${colorScheme}.png`), fullPage: true });
      await context.close();
    }
}

let conversation = "/conversations/cnv_none";
await run([
  async (browser, server) => {
    conversation = await newcomer(browser, server);
  },
  withoutScript,
  authority,
  (browser, server) => everyPage(browser, server, conversation),
  recipient,
]);
