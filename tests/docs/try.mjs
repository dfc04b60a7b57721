// What a person does on /docs/, in a headless Chromium: sees an example, sends a request, signs in with the token of its answer,
// sends another. Red when the page refuses any of it, or asks another server.
//
//     node try.mjs --modules FOLDER SERVER PASSWORD
import { strict as assert } from "node:assert";
import { createRequire } from "node:module";

const [, , , modules, server, password] = process.argv;
const puppeteer = createRequire(`${modules}/`)("puppeteer-core");
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium-headless-shell";
const browser = await puppeteer.launch({ executablePath, args: ["--no-sandbox", "--no-proxy-server"] });
try {
  const page = await browser.newPage();
  const wrong = [];
  page.on("console", (line) => line.type() === "error" && wrong.push(line.text()));
  page.on("requestfailed", (request) => wrong.push(`${request.url()}: ${request.failure()?.errorText}`));
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(`${server}/`) && !url.startsWith("data:")) wrong.push(`another server is asked: ${url}`);
  });
  const text = (selector) => page.$eval(selector, (element) => element.innerText);
  const open = async (operation) => {
    await page.click(`${operation} .opblock-summary-control`);
    await page.waitForSelector(`${operation} .try-out__btn`);
  };
  const send = async (operation) => {
    await page.click(`${operation} .execute`);
    await page.waitForSelector(`${operation} .live-responses-table .highlight-code`);
    return text(`${operation} .live-responses-table`);
  };

  await page.goto(`${server}/docs/`, { waitUntil: "networkidle0" });
  await page.click("#operations-tag-accounts");
  const signIn = "#operations-accounts-sign_in";
  await page.waitForSelector(signIn);
  await open(signIn);
  const example = await text(`${signIn} .highlight-code`);
  assert.match(example, /"email": "mila.petrova@example.com"/);
  await page.click(`${signIn} .try-out__btn`);
  const area = await page.waitForSelector(`${signIn} textarea`);
  await area.evaluate((element) => element.select());
  await page.keyboard.type(JSON.stringify({ email: "manager@lumen.example", password, device: "docs" }));
  const answer = await send(signIn);
  assert.match(answer, /^201\s/m);
  const token = /"access_token": "([^"]+)"/.exec(answer)[1];

  await page.click(".authorize");
  await page.waitForSelector(".auth-container input");
  await page.type(".auth-container input", token);
  await page.click(".auth-container .authorize");
  await page.click(".btn-done");
  const me = "#operations-accounts-me";
  await open(me);
  await page.click(`${me} .try-out__btn`);
  await page.waitForSelector(`${me} .execute`);
  const who = await send(me);
  assert.match(who, /^200\s/m);
  assert.match(who, /"email": "manager@lumen.example"/);
  assert.deepEqual(wrong, []);
  console.log("docs: the example is there, and both requests were answered");
} finally {
  await browser.close();
}
