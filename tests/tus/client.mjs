// Uploads generated files with tus-js-client, unmodified, through a proxy that cuts connections at random bytes.
// Ends with 1 unless every file is on the server to the byte, and hardly any byte was sent twice.
//
//     node tests/tus/client.mjs --modules DIR --server HOST:PORT --blobs DIR --email WHO [--files N] [--seed N]
//
// With --planted-defect the proxy alters one byte of every file once it has been said what its digest is: the server
// has to refuse it each time, and this to end red.
import { createHash, randomUUID } from "node:crypto";
import { readFile, readdir } from "node:fs/promises";
import { createRequire } from "node:module";
import net from "node:net";
import { resolve } from "node:path";
import { parseArgs } from "node:util";

const { values: options } = parseArgs({
  options: {
    modules: { type: "string" },
    server: { type: "string" },
    blobs: { type: "string" },
    email: { type: "string" },
    files: { type: "string", default: "20" },
    seed: { type: "string", default: "1" },
    "planted-defect": { type: "boolean", default: false },
  },
});
const tus = createRequire(resolve(options.modules, "x.js"))("tus-js-client");
const [host, port] = options.server.split(":");
const CHUNK = 256 * 1024; // what the client sends in one request
const MOST_CUTS = 6; // a file

// Numbers that look random and are the same every time (mulberry32).
let state = Number(options.seed) >>> 0;
function random() {
  state = (state + 0x6d2b79f5) >>> 0;
  let t = state;
  t = Math.imul(t ^ (t >>> 15), t | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
}
const between = (least, most) => Math.floor(least + random() * (most - least + 1));

function generate() {
  const bytes = Buffer.allocUnsafe(between(200 * 1024, 3 * 1024 * 1024));
  for (let i = 0; i < bytes.length; i++) bytes[i] = random() * 256;
  return bytes;
}

// One proxy a file, so that its bytes are counted for it alone.
function startProxy(altering) {
  const counted = { sent: 0, cuts: 0, url: "" };
  const proxy = net.createServer((client) => {
    const server = net.connect(Number(port), host);
    const both = [client, server];
    let left = counted.cuts < MOST_CUTS && random() < 0.7 ? between(1, CHUNK + 20_000) : Infinity;
    const cut = () => {
      if (left <= 0) return;
      left = 0;
      counted.cuts += 1;
      both.forEach((one) => (random() < 0.5 ? one.destroy() : one.resetAndDestroy()));
    };
    client.on("data", (bytes) => {
      if (left <= 0) return;
      let some = bytes.subarray(0, Math.min(bytes.length, left));
      counted.sent += some.length;
      if (altering && some.length > 5_000) {
        some = Buffer.from(some);
        some[4_000] ^= 1;
      }
      if (some.length < left) {
        left -= some.length;
        if (!server.write(some)) {
          client.pause();
          server.once("drain", () => client.resume());
        }
      } else {
        server.write(some, cut);
      }
    });
    // Sometimes it is the answer that is lost.
    server.on("data", (bytes) => (left > 0 && left < 1_000 ? cut() : client.write(bytes)));
    both.forEach((one) => one.on("error", () => both.forEach((other) => other.destroy())));
    client.on("close", () => server.destroy());
    server.on("close", () => client.destroy());
  });
  return new Promise((ready) =>
    proxy.listen(0, "127.0.0.1", () => {
      counted.url = `http://127.0.0.1:${proxy.address().port}/v1/uploads`;
      counted.close = () => proxy.close();
      ready(counted);
    }),
  );
}

async function signIn() {
  const body = { email: options.email, password: process.env.INCOGNITO_DEMO_PASSWORD, device: "tus-js-client" };
  const headers = { "Content-Type": "application/json" };
  for (let tries = 0; ; tries++) {
    try {
      const url = `http://${options.server}/v1/sessions`;
      const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
      if (answer.ok) return (await answer.json()).access_token;
      throw new Error(`signing in: ${answer.status} ${await answer.text()}`);
    } catch (error) {
      if (tries === 100) throw error;
      await new Promise((later) => setTimeout(later, 100)); // it may not be up yet
    }
  }
}

// An assignment of the shopper's: its files may come before its visit.
async function assignment(token) {
  const answer = await fetch(`http://${options.server}/v1/me/work`, { headers: { Authorization: `Bearer ${token}` } });
  const own = (await answer.json()).assignments.find(({ state }) => state === "assigned");
  if (!own) throw new Error("the shopper has nothing to do");
  return own.id;
}

function upload(bytes, token, endpoint, sha256) {
  const names = { id: randomUUID(), visit_id: visit, assignment_id: work };
  const metadata = { ...names, filename: "photo.jpg", filetype: "image/jpeg", sha256 };
  return new Promise((done, failed) => {
    new tus.Upload(bytes, {
      endpoint,
      metadata,
      chunkSize: CHUNK,
      uploadDataDuringCreation: random() < 0.5,
      retryDelays: Array(20).fill(20),
      headers: { Authorization: `Bearer ${token}` },
      onSuccess: done,
      onError: failed,
    }).start();
  });
}

const token = await signIn();
const [work, visit] = [await assignment(token), randomUUID()];
const faults = [];
const all = { bytes: 0, sent: 0, cuts: 0 };
const files = Number(options.files);
for (let number = 1; number <= files; number++) {
  const bytes = generate();
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const proxy = await startProxy(options["planted-defect"]);
  try {
    await upload(bytes, token, proxy.url, sha256);
    const kept = await readFile(resolve(options.blobs, sha256.slice(0, 2), sha256));
    if (!kept.equals(bytes)) faults.push(`file ${number} is kept with other bytes`);
  } catch (error) {
    faults.push(`file ${number}: ${error.message.split("\n")[0].slice(0, 300)}`);
  }
  proxy.close();
  // Headers are counted as well; 2 KiB a request cover them.
  const allowed = 1.1 * bytes.length + proxy.cuts * CHUNK + 2048 * (bytes.length / CHUNK + 3 * proxy.cuts + 2);
  if (proxy.sent > allowed) faults.push(`file ${number}: ${proxy.sent} bytes were sent of ${bytes.length}, ${proxy.cuts} cuts`);
  all.bytes += bytes.length;
  all.sent += proxy.sent;
  all.cuts += proxy.cuts;
}
const blobs = (await readdir(options.blobs, { recursive: true })).filter((name) => /[0-9a-f]{64}$/.test(name));
if (blobs.length < files) faults.push(`${blobs.length} blobs of ${files} files`);
if (all.cuts < files) faults.push(`only ${all.cuts} connections were cut`);
faults.forEach((fault) => console.log(`tus: ${fault}`));
const share = ((100 * all.sent) / all.bytes).toFixed(1);
console.log(`tus: ${files} files, ${all.bytes} bytes, ${all.cuts} connections cut, ${share} % sent: ${faults.length ? "FAILED" : "held"}`);
process.exit(faults.length ? 1 : 0);
