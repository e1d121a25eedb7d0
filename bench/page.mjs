// What sending a page compressed costs: /b/first-talk of the demo, asked by a few keep-alive connections, in turns with
// and without gzip, so that what else the machine does falls on both.
//   node bench/page.mjs [ROUNDS]
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { Agent, get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

const program = process.env.ONWARD_BIN ?? new URL("../build/onward", import.meta.url).pathname;
const rounds = Number(process.argv[2] ?? 10);
const connections = 2;
const asked = 100; // by each connection in a round: what one address may ask at once (docs/booking-pages.md)

const data = mkdtempSync(join(tmpdir(), "onward-bench-"));
const server = spawn(program, ["serve", "--data", data, "--demo", "--listen", "127.0.0.1:0"]);
const url = await new Promise((resolve, reject) => {
  let out = "";
  server.stdout.on("data", (text) => {
    const ready = (out += text).match(/Onward is ready: (\S+?)\/?\n/);
    if (ready) resolve(ready[1]);
  });
  server.on("exit", (code) => reject(new Error(`ended with ${code}`)));
});

function ask(agent, localAddress, encoding) {
  return new Promise((resolve, reject) => {
    const begun = performance.now();
    get(`${url}/b/first-talk`, { agent, localAddress, headers: encoding ? { "Accept-Encoding": encoding } : {} }, (answer) => {
      let bytes = 0;
      answer.on("data", (chunk) => (bytes += chunk.length));
      answer.on("end", () => {
        if (answer.statusCode !== 200 || (answer.headers["content-encoding"] ?? "") !== encoding) reject(new Error(`${answer.statusCode}`));
        resolve({ ms: performance.now() - begun, bytes });
      });
    }).on("error", reject);
  });
}

// Processor time of the server so far, in ms: what other work on the machine does not change.
function busy() {
  const [user, system] = readFileSync(`/proc/${server.pid}/stat`, "utf8").replace(/.*\) /, "").split(" ").slice(11, 13);
  return (Number(user) + Number(system)) * 10; // Linux counts in hundredths of a second
}

let addresses = 0;
async function round(encoding) {
  const times = [];
  let bytes = 0;
  const begun = performance.now();
  const busyBefore = busy();
  await Promise.all(
    Array.from({ length: connections }, async () => {
      const address = `127.0.${1 + (addresses >> 7)}.${1 + (addresses++ & 127)}`; // another visitor each time
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      for (let i = 0; i < asked; i += 1) {
        const one = await ask(agent, address, encoding);
        times.push(one.ms);
        bytes = one.bytes;
      }
      agent.destroy();
    }),
  );
  return { times, bytes, seconds: (performance.now() - begun) / 1000, busy: busy() - busyBefore };
}

const results = { "": { times: [], seconds: 0, busy: 0 }, gzip: { times: [], seconds: 0, busy: 0 } };
await round("");
await round("gzip"); // both once for nothing: caches are warm
for (let i = 0; i < rounds; i += 1)
  for (const encoding of i % 2 ? ["gzip", ""] : ["", "gzip"]) {
    const { times, bytes, seconds, busy: ms } = await round(encoding);
    const sum = results[encoding];
    sum.times.push(...times);
    sum.bytes = bytes;
    sum.seconds += seconds;
    sum.busy += ms;
  }
for (const [encoding, { times, bytes, seconds, busy: ms }] of Object.entries(results)) {
  times.sort((a, b) => a - b);
  const at = (share) => times[Math.floor(times.length * share)].toFixed(1);
  console.log(`${encoding || "plain"}: ${bytes} bytes, ${(times.length / seconds).toFixed(0)} requests/s, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, ${(ms / times.length).toFixed(2)} ms of processor each`);
}
server.removeAllListeners("exit");
server.on("exit", () => rmSync(data, { recursive: true, force: true }));
server.kill("SIGTERM");
