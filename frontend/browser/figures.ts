// Measures the page in Chromium against a local stack, and prints a table for docs/page.md: `npm run figures`. Needs
// DARKROOM_SITE_URL and DARKROOM_BROWSER as the browser tests do, and a machine that does nothing else.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Browser, Page } from "playwright-core";
import { test } from "vitest";
import { launch, open } from "./chrome.ts";
import { type Picture, picture } from "./pictures.ts";
import { manifestOf, row } from "./steps.ts";
import { countTraffic } from "./traffic.ts";
import { measured, type Vitals, vitals } from "./vitals.ts";

/** Repeats of each upload; the median is printed. */
const REPEATS = 9;
const BATCH = 200;

test("figures", { timeout: 6 * 60_000 }, async () => {
  const before = load();
  const browser = await launch();
  const folder = mkdtempSync(join(tmpdir(), "darkroom-figures-"));
  try {
    const rows: [string, string][] = [
      ["machine", `${cpus().length} × ${cpus()[0]?.model.trim()}, Chromium ${browser.version()}`],
      ["script, first load (gzip)", kilobytes(firstScripts())],
      ["`darkroom-upload.js` (gzip)", kilobytes(gzipped("darkroom-upload.js"))],
      ...(await loading(browser)),
      ...(await single(browser, folder)),
      ...(await batch(browser, folder)),
    ];
    rows.splice(1, 0, ["load average: before, after", `${before}, ${load()}`]);
    const table = rows.map(([what, much]) => `| ${what} | ${much} |`).join("\n");
    process.stdout.write(`\n| | |\n|---|---|\n${table}\n`);
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true });
  }
});

const load = () => (loadavg()[0] ?? Number.NaN).toFixed(1);

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
    ["LCP", milliseconds(seen.map(({ lcp }) => lcp))],
    ["CLS of loading", median(seen.map(({ cls }) => cls)).toFixed(3)],
  ];
}

/** Median and range. */
function milliseconds(times: number[]): string {
  const [least, most] = [Math.min(...times), Math.max(...times)].map(Math.round);
  return `${Math.round(median(times))} ms (${least} to ${most})`;
}

/** Writes a picture to a file, to be chosen as a person does: the page then holds no copy of its bytes. */
function onDisk(folder: string, { name, buffer }: Picture): string {
  const path = join(folder, name);
  writeFileSync(path, buffer);
  return path;
}

async function single(browser: Browser, folder: string): Promise<[string, string][]> {
  const seen = { noticed: 0 };
  const { page } = await open(browser, {}, async (opened) => {
    opened.on("websocket", (socket) =>
      socket.on("framereceived", ({ payload }) => {
        if (String(payload).includes('"notice"')) seen.noticed = now();
      }),
    );
  });
  const heic = process.env.DARKROOM_HEIC;
  const kinds: [string, Picture | undefined, repeats: number][] = [
    ["50 KB JPEG", await picture(page, "small.jpg", 500, 375), REPEATS],
    ["12 MP JPEG", await picture(page, "large.jpg", 4000, 3000), REPEATS],
    [
      "12 MP HEIC",
      heic ? { name: "photo.heic", mimeType: "image/heic", buffer: readFileSync(heic) } : undefined,
      3, // each takes seconds
    ],
  ];
  const rows: [string, string][] = [];
  for (const [kind, file, repeats] of kinds) {
    if (!file) {
      rows.push([`PUT to visible, ${kind}`, "not measured: `DARKROOM_HEIC` names no file"]);
      continue;
    }
    const all: number[] = [];
    const theirs: number[] = [];
    const ours: number[] = [];
    for (let at = 0; at < repeats; at += 1) {
      const { stored, visible, rendered } = await putToVisible(page, folder, {
        ...file,
        name: `${at}-${file.name}`,
      });
      all.push(visible - stored);
      theirs.push(rendered);
      ours.push(visible - seen.noticed);
    }
    rows.push(
      [`PUT to visible, ${kind}`, milliseconds(all)],
      ["of it the function's `timings_ms`", milliseconds(theirs)],
      ["of it from the notice to visible", milliseconds(ours)],
    );
  }
  await page.context().close();
  return rows;
}

/** When the PUT ended, when the row's picture was drawn, and how long the function worked. */
async function putToVisible(
  page: Page,
  folder: string,
  file: Picture,
): Promise<{ stored: number; visible: number; rendered: number }> {
  const put = page.waitForResponse((response) => response.request().method() === "PUT");
  const seen = page.evaluate(whenVisible, file.name); // playwright itself looks every 500 ms only
  await page.locator("#picker").setInputFiles(onDisk(folder, file));
  await (await put).finished();
  const stored = now();
  const visible = await seen;
  const shown = await row(page, file.name, "ready");
  const { fetch, decode, render, store } = (await manifestOf(page, shown)).timings_ms;
  await page.locator("#clear").click(); // the next one is in view again
  return { stored, visible, rendered: fetch + decode + render + store };
}

/** Milliseconds since 1970, with parts of them, by the clock that the browser has, too. */
const now = () => performance.timeOrigin + performance.now();

/** Runs in the page. Resolves to the moment when the picture in a file's row is decoded. */
function whenVisible(name: string): Promise<number> {
  return new Promise((resolve) => {
    const look = async () => {
      const rows = [...document.querySelectorAll('.row[data-step="ready"]')];
      const ready = rows.find((row) => row.querySelector("h3")?.textContent === name);
      const image = ready?.querySelector<HTMLImageElement>(".thumb img");
      if (!image) return;
      observer.disconnect();
      await image.decode();
      resolve(performance.timeOrigin + performance.now());
    };
    const observer = new MutationObserver(look);
    observer.observe(document.body, { subtree: true, childList: true, attributeFilter: ["data-step"] });
  });
}

async function batch(browser: Browser, folder: string): Promise<[string, string][]> {
  const { page } = await open(browser, {}, measured);
  const file = await picture(page, "p.jpg", 1200, 900);
  const paths = Array.from({ length: BATCH }, (_, at) =>
    onDisk(folder, { ...file, name: `${String(at).padStart(3, "0")}.jpg` }),
  );
  await page.reload(); // so that the picture's making is not in the memory
  await page.locator("#picker:enabled").waitFor({ state: "attached" });
  const traffic = countTraffic(page);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Performance.enable");
  const started = performance.now();
  await page.locator("#picker").setInputFiles(paths);
  await page
    .locator("#summary")
    .filter({ hasText: new RegExp(`^${BATCH} ready$`) })
    .waitFor({ timeout: 4 * 60_000 });
  const seconds = (performance.now() - started) / 1000;
  const { metrics } = await devtools.send("Performance.getMetrics");
  const spent = (name: string) => metrics.find((metric) => metric.name === name)?.value.toFixed(1);
  const elements = await page.evaluate(() => document.querySelectorAll("*").length);
  return [
    [`${BATCH} files of ${kilobytes(file.buffer.length)}, total`, `${seconds.toFixed(1)} s`],
    [
      "the page's main thread in that time",
      `${spent("TaskDuration")} s, ${spent("ScriptDuration")} s of it script`,
    ],
    [
      "PUTs, manifests read, messages on the socket",
      `${traffic.puts}, ${traffic.manifests}, ${traffic.messages}`,
    ],
    [`elements with ${BATCH} files`, String(elements)],
    [`memory of the renderer with ${BATCH} files`, await rendererMemory(browser)],
    ["CLS from the first paint to the last result", (await vitals(page)).cls.toFixed(3)],
  ];
}

/** Resident memory of the largest renderer, as Linux knows it: all of it, and without files such as Chromium itself. */
async function rendererMemory(browser: Browser): Promise<string> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  const megabytes = (status: string, name: string) =>
    (Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) * 1024) / 1e6;
  const resident = processInfo
    .filter(({ type }) => type === "renderer")
    .map(({ id }) => readFileSync(`/proc/${id}/status`, "utf8"))
    .map((status) => [megabytes(status, "VmRSS"), megabytes(status, "RssAnon")] as const)
    .sort(([one], [other]) => other - one);
  const [all, own] = resident[0] ?? [Number.NaN, Number.NaN];
  return `${Math.round(all)} MB, ${Math.round(own)} MB of it private`;
}
