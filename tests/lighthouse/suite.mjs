// Lighthouse over the real program: what customers open, on a phone and at a desk. Performance at least 95 of 100;
// accessibility, best practices and search 100. The reports stay in build/lighthouse.
//   node tests/lighthouse/suite.mjs [NAME...]     only these pages
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { launch } from "chrome-launcher";
import lighthouse from "lighthouse";
import desktop from "lighthouse/core/config/desktop-config.js";
import { check, chromiumPath, run } from "../e2e/house.mjs";
import { book } from "../e2e/visitor.mjs";

const reports = new URL("../../build/lighthouse", import.meta.url).pathname;
const suiteSeconds = 1700;
const least = { performance: 0.95, accessibility: 1, "best-practices": 1, seo: 1 };
const recordings = 3;
const slowRuns = 3; // a shared machine has bad moments, so the median counts; two good ones of three decide it

// Pages that no search engine may list, and why; they are judged by all the rest of what Lighthouse says about search.
const unlisted = {
  call: "a form for one visitor, reached from the page of times, which is listed",
  mine: "the link is the whole credential of one customer's appointment",
};

const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];

// What cost points, for the log.
function faults(result, category) {
  return result.categories[category].auditRefs
    .map(({ id, weight }) => ({ ...result.audits[id], weight }))
    .filter(({ weight, score }) => weight > 0 && score !== null && score < 1)
    .map(({ id, score, displayValue, explanation, details }) => {
      const where = (details?.items ?? []).slice(0, 3).map((item) => item.node?.snippet ?? item.source ?? item.description ?? JSON.stringify(item));
      return `${id} ${score} ${displayValue ?? ""} ${explanation ?? ""} ${where.join(" | ")}`;
    })
    .join("; ");
}

async function record(url, name, onDesk, onlyCategories) {
  const chrome = await launch({ chromePath: chromiumPath, chromeFlags: ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage"] });
  try {
    const skipAudits = unlisted[name] ? ["is-crawlable"] : [];
    const flags = { port: chrome.port, logLevel: "error", output: "html", onlyCategories, skipAudits };
    const { lhr, report } = await lighthouse(url, flags, onDesk ? desktop : undefined);
    const unknown = Object.values(lhr.categories).some(({ score }) => score === null);
    return { lhr, report, fault: lhr.runtimeError?.code ?? (unknown ? "NO_SCORE" : null) };
  } finally {
    chrome.kill();
  }
}

// A machine too busy to record what the browser did has said nothing about the page: it is recorded again.
const notRecorded = ["NO_NAVSTART", "NO_FCP", "NO_LCP", "NO_SCREENSHOTS", "NO_SPEEDLINE_FRAMES", "PROTOCOL_TIMEOUT", "TARGET_CRASHED", "NO_SCORE"];
async function look(...what) {
  for (let tries = 1; ; tries += 1) {
    const { lhr, report, fault } = await record(...what);
    if (!fault) return { lhr, report };
    if (!notRecorded.includes(fault) || tries === recordings) throw new Error(`${fault}: ${lhr.runtimeError?.message ?? "no score"}`);
    console.log(`recorded again: ${fault}`);
  }
}

async function judge(url, name, onDesk) {
  const tag = `${name}-${onDesk ? "desktop" : "phone"}`;
  const { lhr, report } = await look(url, name, onDesk, Object.keys(least));
  writeFileSync(join(reports, `${tag}.html`), report);
  writeFileSync(join(reports, `${tag}.json`), JSON.stringify(lhr));
  const speeds = [lhr.categories.performance.score];
  const good = () => speeds.filter((speed) => speed >= least.performance).length;
  while (speeds.length < slowRuns && good() < 2)
    speeds.push((await look(url, name, onDesk, ["performance"])).lhr.categories.performance.score);
  const scores = Object.entries(lhr.categories).map(([category, { score }]) => [category, category === "performance" ? median(speeds) : score]);
  console.log(`${tag}: ${scores.map(([category, score]) => `${category} ${Math.round(score * 100)}`).join(", ")}`);
  for (const [category, score] of scores) check(`${tag} ${category}`, score >= least[category], `${speeds}: ${faults(lhr, category)}`);
  check(`${tag}: all categories were judged`, scores.length === Object.keys(least).length);
  const listed = lhr.audits["is-crawlable"];
  check(`${tag}: search engines ${unlisted[name] ? "are asked not to list it" : "may list it"}`, unlisted[name] ? !listed && (await hidden(url)) : listed?.score === 1);
}

const hidden = async (url) => ((await fetch(url)).headers.get("x-robots-tag") ?? "").includes("noindex");

async function pages(browser, server) {
  mkdirSync(reports, { recursive: true });
  const context = await browser.newContext({ locale: "en-GB", timezoneId: "Europe/London" });
  const mine = await book(await context.newPage(), server.url, "en");
  await context.close();
  const paths = { list: "/b", times: "/b/first-talk", call: "/b/first-talk/call", articles: "/articles/", article: "/articles/preparing-a-first-talk", mine };
  const chosen = process.argv.slice(2);
  const atDesk = ["list", "times"];
  for (const [name, path] of Object.entries(paths)) {
    if (chosen.length > 0 && !chosen.includes(name)) continue;
    for (const onDesk of atDesk.includes(name) ? [false, true] : [false])
      await judge(server.url + path, name, onDesk).catch((error) => check(`${name} is judged`, false, error.message));
  }
}

await run([pages], suiteSeconds);
