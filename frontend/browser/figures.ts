// Measures the page in Chromium against a local stack, and prints a table for docs/page.md: `npm run figures`. Needs
// DARKROOM_SITE_URL and DARKROOM_BROWSER as the browser tests do, and a machine that does nothing else.

import { readdirSync, readFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { gzipSync } from "node:zlib";
import type { Browser, Page } from "playwright-core";
import { test } from "vitest";
import { launch, open } from "./chrome.ts";
import { type Picture, picture } from "./pictures.ts";
import { choose, row } from "./steps.ts";
import { measured, type Vitals, vitals } from "./vitals.ts";

/** Repeats of each upload; the median is printed. */
const REPEATS = 9;
const BATCH = 200;

test("figures", { timeout: 15 * 60_000 }, async () => {
  const browser = await launch();
  const rows: [string, string][] = [
    ["machine", `${cpus().length} × ${cpus()[0]?.model.trim()}, Chromium ${browser.version()}`],
    ["load of the machine before", (loadavg()[0] ?? Number.NaN).toFixed(1)],
    ["script, first load", `${kilobytes(firstScripts())} (gzip)`],
    ["`darkroom-upload.js`", `${kilobytes(gzipped("darkroom-upload.js"))} (gzip)`],
    ...(await loading(browser)),
    ...(await single(browser)),
    ...(await batch(browser)),
  ];
  process.stdout.write(
    `\n| | |\n|---|---|\n${rows.map(([what, much]) => `| ${what} | ${much} |`).join("\n")}\n`,
  );
  await browser.close();
});

const DIST = new URL("../dist/", import.meta.url);

function gzipped(name: string): number {
  return gzipSync(readFileSync(new URL(name, DIST))).length;
}

/** Bytes of the scripts that index.html names. */
function firstScripts(): number {
  const page = readFileSync(new URL("index.html", DIST), "utf8");
  const names = [...page.matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.js)"/g)].map(([, name]) => name ?? "");
  if (names.length === 0) throw new Error(`index.html names no script; dist has ${readdirSync(DIST)}`);
  return names.reduce((sum, name) => sum + gzipped(name), 0);
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} KB`;
}

function median(values: number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

async function loading(browser: Browser): Promise<[string, string][]> {
  const seen: Vitals[] = [];
  for (let times = 0; times < REPEATS; times += 1) {
    const { page } = await open(browser, {}, measured);
    await page.waitForTimeout(500);
    seen.push(await vitals(page));
    await page.context().close();
  }
  return [
    ["LCP", `${Math.round(median(seen.map(({ lcp }) => lcp)))} ms`],
    ["CLS of loading", median(seen.map(({ cls }) => cls)).toFixed(3)],
  ];
}

/** From the end of the PUT until the row's picture is drawn, in milliseconds. */
async function single(browser: Browser): Promise<[string, string][]> {
  const { page } = await open(browser);
  const heic = process.env.DARKROOM_HEIC;
  const kinds: [string, Picture | undefined][] = [
    ["50 KB JPEG", await picture(page, "small.jpg", 500, 375)],
    ["12 MP JPEG", await picture(page, "large.jpg", 4000, 3000)],
    [
      "12 MP HEIC",
      heic ? { name: "photo.heic", mimeType: "image/heic", buffer: readFileSync(heic) } : undefined,
    ],
  ];
  const rows: [string, string][] = [];
  for (const [kind, file] of kinds) {
    const what = `PUT to visible, ${kind}`;
    if (!file) rows.push([what, "not measured: `DARKROOM_HEIC` names no file"]);
    else {
      const times: number[] = [];
      for (let at = 0; at < REPEATS; at += 1) times.push(await putToVisible(page, file, at));
      const [least, most] = [Math.min(...times), Math.max(...times)].map(Math.round);
      rows.push([what, `${Math.round(median(times))} ms (${least} to ${most})`]);
    }
  }
  await page.context().close();
  return rows;
}

async function putToVisible(page: Page, file: Picture, at: number): Promise<number> {
  const name = `${at}-${file.name}`;
  const put = page.waitForResponse((response) => response.request().method() === "PUT");
  await choose(page, { ...file, name });
  await (await put).finished();
  const stored = performance.now();
  const shown = await row(page, name, "ready");
  await shown.locator(".thumb img").evaluate((image: HTMLImageElement) => image.decode());
  const visible = performance.now() - stored;
  await page.locator("#clear").click(); // the next one is in view again
  return visible;
}

async function batch(browser: Browser): Promise<[string, string][]> {
  const { page } = await open(browser, {}, measured);
  const file = await picture(page, "p.jpg", 1200, 900);
  const files = Array.from({ length: BATCH }, (_, at) => ({
    ...file,
    name: `${String(at).padStart(3, "0")}.jpg`,
  }));
  const started = performance.now();
  await choose(page, ...files);
  await page.waitForTimeout(500);
  const chosen = (await vitals(page)).cls; // the page makes room for the list
  await page
    .locator("#summary")
    .filter({ hasText: new RegExp(`^${BATCH} ready$`) })
    .waitFor({ timeout: 10 * 60_000 });
  const seconds = (performance.now() - started) / 1000;
  const nodes = await page.evaluate(() => document.querySelectorAll("*").length);
  const memory = await rendererMemory(browser);
  return [
    [`${BATCH} files of ${kilobytes(file.buffer.length)}, total`, `${seconds.toFixed(1)} s`],
    [`elements with ${BATCH} files`, String(nodes)],
    [`memory of the renderer with ${BATCH} files`, memory],
    [
      "CLS of choosing, of all that follows",
      `${chosen.toFixed(3)}, ${((await vitals(page)).cls - chosen).toFixed(3)}`,
    ],
  ];
}

/** Resident memory of the largest renderer, as Linux knows it. */
async function rendererMemory(browser: Browser): Promise<string> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  const resident = processInfo
    .filter(({ type }) => type === "renderer")
    .map(({ id }) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, "utf8"))?.[1]) * 1024);
  return `${Math.round(Math.max(...resident) / 1e6)} MB`;
}
