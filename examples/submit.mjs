// Submits a report of up to 4.5 MB with fetch, and waits for its outcome. Node 20 or newer; no packages.
//
//   TXN_URL=https://.../v1 TXN_KEY=... node submit.mjs report.csv
//
// Exit code: 0 if the report is COMPLETED, 1 if it is not, 2 if it could not be submitted.
// For larger reports, which are stored by a link, see submit.py.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const ENDED = ["COMPLETED", "REJECTED", "FAILED"];
const BUSY = [409, 429, 503]; // after these the same request may be sent again

const url = process.env.TXN_URL?.replace(/\/$/, "");
const headers = { "x-api-key": process.env.TXN_KEY };

async function call(path, options = {}, also = []) {
  for (let left = 4; ; left -= 1) {
    const response = await fetch(`${url}/${path}`, { headers, signal: AbortSignal.timeout(60_000), ...options });
    const body = await response.json();
    if (response.ok || also.includes(response.status)) return body;
    // A used-up quota asks for an hour, and what no repetition helps for nothing.
    const wait = Number(response.headers.get("retry-after") ?? Infinity);
    if (!BUSY.includes(response.status) || left === 0 || wait > 60) {
      throw new Error(`the API answered ${response.status}: ${body.detail}`);
    }
    await sleep(1000 * wait);
  }
}

async function submit(path) {
  const report = await readFile(path);
  const form = new FormData(); // fetch sets the content type, with the form's boundary
  form.set("report", new File([report], basename(path), { type: "text/csv" }));
  // The digest lets the API notice a report that was damaged on its way.
  form.set("sha256", createHash("sha256").update(report).digest("hex"));
  return call("upload", { method: "POST", body: form }, [422]);
}

async function follow(upload) {
  let wait = 1000;
  while (!ENDED.includes(upload.status)) {
    await sleep(wait);
    wait = Math.min(wait * 1.5, 30_000); // each request counts toward the daily quota
    upload = await call(`uploads/${upload.upload_id}`);
  }
  return upload;
}

if (process.argv.length !== 3 || !url || !headers["x-api-key"]) {
  console.error("usage: TXN_URL=... TXN_KEY=... node submit.mjs REPORT.csv");
  process.exit(2);
}
try {
  let upload = await submit(process.argv[2]);
  if (upload.status !== 422) upload = await follow(upload);
  for (const error of upload.errors ?? []) {
    console.log(`line ${error.line}, ${error.column ?? "row"}: ${error.message} [${error.code}]`);
  }
  const status = upload.status === 422 ? "REJECTED" : upload.status;
  console.log(`upload ${upload.upload_id}: ${status}`);
  console.log(JSON.stringify(upload, null, 2));
  process.exitCode = status === "COMPLETED" ? 0 : 1;
} catch (error) {
  console.error(`not submitted: ${error.message}${error.cause ? ` (${error.cause.message})` : ""}`);
  process.exitCode = 2;
}
