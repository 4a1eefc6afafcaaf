// Drives the page for people in a headless Chromium: `node drive.mjs < job.json`, prints what it saw as JSON.
//
// The job: url, key, wrongKey, reports (paths of good, dropped, bad, large, totals), declared (an upload's id), date, chrome (a path, or null for the package's),
// screenshots (a folder, or null). Nothing here decides what is right: the test that starts it does.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import puppeteer from "puppeteer-core";

const require = createRequire(import.meta.url);
const job = JSON.parse(await text(process.stdin));
const seen = { complaints: [], axe: {}, policy: null };

async function executable() {
  if (job.chrome) return job.chrome;
  const { default: chromium, inflate } = await import("@sparticuz/chromium");
  // Its libraries, which the package itself unpacks on Lambda only; LD_LIBRARY_PATH has their folder already.
  await inflate(join(import.meta.dirname, "node_modules", "@sparticuz", "chromium", "bin", "al2023.tar.br"));
  return chromium.executablePath();
}

// Not the package's default arguments: they switch off the web's security, which hides errors of the page.
const args = ["--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"];
if (process.getuid?.() === 0) args.push("--no-sandbox"); // Chromium has no sandbox for root
const browser = await puppeteer.launch({ executablePath: await executable(), headless: "shell", args });

const page = await browser.newPage();
page.setDefaultTimeout(60_000);
page.on("pageerror", (error) => seen.complaints.push(`error: ${error.message}`));
page.on("console", (message) => {
  if (message.type() === "error") seen.complaints.push(`console: ${message.text()}`);
});

const textOf = (selector) => page.$eval(selector, (each) => each.textContent.trim());
const isShown = (selector) => page.$eval(selector, (each) => each.checkVisibility());
const axeSource = await readFile(require.resolve("axe-core/axe.min.js"), "utf8");

async function audit(name) {
  await page.evaluate(axeSource); // not a script of the page: its policy stays as it is
  const { violations } = await page.evaluate(() => axe.run());
  seen.axe[name] = violations.map((each) => `${each.id}: ${each.nodes.map((node) => node.target).join("; ")}`);
}

async function picture(name) {
  if (!job.screenshots) return;
  await page.mouse.move(0, 0);
  const height = Math.min(1500, await page.evaluate(() => document.documentElement.scrollHeight));
  const clip = { x: 0, y: 0, width: page.viewport().width, height };
  await page.screenshot({ path: join(job.screenshots, `page-${name}.png`), clip, captureBeyondViewport: true });
}

async function look(width, scheme) {
  await page.setViewport({ width, height: 900, deviceScaleFactor: 1 });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
}

async function outcome(action) {
  await page.$eval("#outcome", (each) => { each.hidden = true; });
  await action();
  await page.waitForFunction(() => {
    const shown = document.querySelector("#outcome").checkVisibility() && document.querySelector("#at-work").hidden;
    return shown || document.querySelector("#problem").textContent;
  });
  return {
    problem: await textOf("#problem"),
    facts: await page.$eval("#facts", (list) => {
      const terms = [...list.querySelectorAll("dt")];
      return Object.fromEntries(terms.map((term) => [term.textContent, term.nextElementSibling.textContent]));
    }),
    headline: await textOf("#headline"),
    errors: await page.$$eval("#error-rows > li", (items) => items.map((item) =>
      Object.fromEntries([".line", ".what", ".soft", ".value", "pre", "mark"].map((name) => [name, item.querySelector(name)?.textContent ?? null])))),
    corrections: (await isShown("#corrections")) ? await page.$eval("#corrections-link", (link) => link.href) : null,
  };
}

async function choose(path) {
  await (await page.$("#file")).uploadFile(path);
}

async function table(form, body, before) {
  await before();
  const done = page.waitForResponse((response) => response.request().method() === "GET");
  await page.$eval(form, (each) => each.requestSubmit());
  await done;
  await page.waitForNetworkIdle({ idleTime: 200 });
  return page.$$eval(`${body} tr`, (rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent)));
}

try {
  await look(1100, "light");
  const answer = await page.goto(job.url, { waitUntil: "load" });
  seen.policy = answer.headers()["content-security-policy"];
  await audit("before a key");

  // By keyboard alone: the first field is the key's.
  await page.keyboard.press("Tab");
  await page.keyboard.type(job.wrongKey);
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelector("#key-problem").textContent);
  seen.wrongKey = { said: await textOf("#key-problem"), submit: await isShown("#submit") };
  await page.$eval("#key", (each) => { each.value = ""; });
  await page.focus("#key");
  await page.keyboard.type(job.key);
  await page.keyboard.press("Enter");
  await page.waitForSelector("#submit:not([hidden])");
  seen.kept = await page.evaluate(() => sessionStorage.length);

  await choose(job.reports.good);
  seen.validated = await outcome(() => page.click("#validate"));
  await choose(job.reports.good);
  seen.good = await outcome(async () => {
    await page.focus("#send");
    await page.keyboard.press("Enter");
  });
  seen.focus = await page.evaluate(() => document.activeElement.id);

  const dropped = await readFile(job.reports.dropped, "utf8");
  seen.dropped = await outcome(async () => {
    await page.evaluate((content) => {
      const files = new DataTransfer();
      files.items.add(new File([content], "dropped.csv", { type: "text/csv" }));
      document.querySelector("#drop").dispatchEvent(new DragEvent("drop", { dataTransfer: files, bubbles: true, cancelable: true }));
    }, dropped);
    await page.click("#send");
  });

  await choose(job.reports.large);
  seen.large = await outcome(() => page.click("#send"));

  await choose(job.reports.totals);
  seen.totals = await outcome(async () => {
    await page.$eval("#rows", (each) => { each.closest("details").open = true; });
    await page.type("#rows", "4");
    await page.click("#send");
  });
  await page.$eval("#rows", (each) => { each.value = ""; });

  await choose(job.reports.bad);
  seen.bad = await outcome(() => page.click("#send"));

  seen.rejected = await table("#past-form", "#past-rows", () => page.select("#status", "REJECTED"));
  seen.transactions = await table("#transactions-form", "#transaction-rows", () =>
    page.$eval("#date", (each, date) => { each.value = date; }, job.date));

  for (const [name, width, scheme] of [["desktop", 1100, "light"], ["phone-dark", 390, "dark"], ["phone", 390, "light"], ["desktop-dark", 1100, "dark"]]) {
    await look(width, scheme);
    await audit(name);
    await picture(name);
    seen.axe[`${name}: wider than the screen`] = await page.evaluate(() =>
      document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll("body *")]
        .filter((each) => each.getBoundingClientRect().right > innerWidth && !each.closest(".scroll"))
        .map((each) => `${each.tagName}#${each.id}`));
  }

  // A key that is kept, and an upload in the address: it was declared and never stored.
  await page.evaluate((key) => sessionStorage.setItem("transaction-pipeline-key", key), job.key);
  await page.goto("about:blank");
  await page.goto(`${job.url}#${job.declared}`);
  await page.waitForFunction(() => document.querySelector("#outcome").checkVisibility());
  seen.declared = { headline: await textOf("#headline"), send: await page.$eval("#send", (each) => !each.disabled) };
} finally {
  await browser.close();
}
console.log(JSON.stringify(seen));
