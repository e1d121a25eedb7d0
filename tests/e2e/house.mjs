// What the browser suites share: the built program in demo mode on a free port, Debian's Chromium, axe, the count of checks.
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const root = new URL("../..", import.meta.url).pathname;
const program = process.env.ONWARD_BIN ?? join(root, "build/onward");
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const startSeconds = 60;
const suiteSeconds = 540; // nothing here waits for ever: what hangs is a failure

export const screens = process.argv[2] ?? join(root, "build/screens");
mkdirSync(screens, { recursive: true });

let passed = 0;
const failures = [];
export function check(what, ok, detail = "") {
  if (ok) passed += 1;
  else {
    failures.push(what);
    console.error(`FAILED ${what}${detail ? `: ${detail}` : ""}`);
  }
}

export function freePort() {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

async function start() {
  const data = mkdtempSync(join(tmpdir(), "onward-e2e-"));
  const port = await freePort();
  const child = spawn(program, ["serve", "--data", data, "--demo", "--listen", `127.0.0.1:${port}`]);
  const said = [];
  child.stderr.on("data", (text) => said.push(String(text)));
  const url = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`not ready: ${said.join("")}`)), startSeconds * 1000);
    let out = "";
    child.stdout.on("data", (text) => {
      out += text;
      const ready = out.match(/Onward is ready: (\S+)/);
      if (!ready) return;
      clearTimeout(timer);
      resolve(ready[1].replace(/\/$/, ""));
    });
    child.on("exit", (code) => reject(new Error(`ended with ${code}: ${said.join("")}`)));
  });
  return { url, said, data, stop: () => new Promise((resolve) => {
    child.removeAllListeners("exit");
    child.on("exit", () => {
      rmSync(data, { recursive: true, force: true });
      resolve();
    });
    child.kill("SIGTERM");
  }) };
}

// An owner's key, made beside the running server, and the API with it.
export const keyOf = (server) => execFileSync(program, ["key", "create", "--data", server.data, "--role", "owner"]).toString().trim();
export function apiOf(server, key) {
  return async (method, path, body) => {
    const response = await fetch(`${server.url}/api/v1${path}`, { method, headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" }, body: body && JSON.stringify(body) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text);
  };
}

// What axe finds, and whether the page fits its window.
export async function judge(page, name) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate((tags) => axe.run(document, { runOnly: tags }), rules);
  check(`axe ${name}`, violations.length === 0, violations.map((v) => `${v.id} ${v.nodes.map((n) => `${n.target} ${n.failureSummary}`).slice(0, 3).join(" | ")}`).join("; "));
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  check(`width ${name}`, wide <= 0, `${wide}px too wide`);
}

function end() {
  console.log(`${passed} passed, ${failures.length} failed`);
  process.exit(failures.length === 0 ? 0 : 1);
}

export const chromiumPath = process.env.CHROMIUM ?? "/usr/bin/chromium";

// Runs each part with a browser and a server of the demo; a part that throws is a failure and the next one goes on.
export async function run(parts, seconds = suiteSeconds) {
  setTimeout(() => {
    check("the suite comes to an end", false);
    end();
  }, seconds * 1000).unref();
  const server = await start();
  const browser = await chromium.launch({ executablePath: chromiumPath, args: ["--no-sandbox"] });
  for (const part of parts) await part(browser, server).catch((error) => check("the path goes through", false, error.stack));
  await browser.close();
  await server.stop();
  end();
}
