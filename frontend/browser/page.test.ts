// The whole page, in a real browser, against a real stack.

import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { violations } from "./axe.ts";
import { launch, open } from "./chrome.ts";
import { type Picture, picture, withOrientation } from "./pictures.ts";

let browser: Browser;

beforeAll(async () => {
  browser = await launch();
});
afterAll(async () => {
  await browser.close();
});

const TEXT: Picture = { name: "notes.jpg", mimeType: "image/jpeg", buffer: Buffer.from("dear diary\n") };

const choose = (page: Page, ...files: Picture[]) => page.locator("#picker").setInputFiles(files);

/** The card of a file, once its upload has come to `step`. */
async function card(page: Page, name: string, step: string): Promise<Locator> {
  const found = page.locator(`.card[data-step="${step}"]`, {
    has: page.getByRole("heading", { name, exact: true }),
  });
  await found.waitFor({ timeout: 45_000 });
  return found;
}

interface Manifest {
  original: { width: number; height: number; bytes: number };
  variants: { preset: string; url: string; width: number; height: number; bytes: number }[];
}

/** The manifest beside the variants that a card shows. */
async function manifestOf(page: Page, shown: Locator): Promise<Manifest> {
  const src = await shown.locator(".choice img").first().getAttribute("src");
  const url = new URL("manifest.json", src ?? "");
  return page.evaluate(async (address) => (await fetch(address)).json(), url.href);
}

/** Holds what a card shows of each variant against the manifest: words, and the real size of the picture that loaded. */
async function expectVariants(page: Page, shown: Locator): Promise<void> {
  const manifest = await manifestOf(page, shown);
  const choices = shown.locator(".choice");
  expect(await choices.count()).toBe(manifest.variants.length);
  for (const [at, variant] of manifest.variants.entries()) {
    const choice = choices.nth(at);
    await choice.scrollIntoViewIfNeeded();
    const size = await choice.locator("img").evaluate(async (image: HTMLImageElement) => {
      if (!image.complete) await new Promise((loaded) => image.addEventListener("load", loaded));
      await image.decode();
      return { src: image.src, width: image.naturalWidth, height: image.naturalHeight };
    });
    expect(size).toEqual({ src: variant.url, width: variant.width, height: variant.height });
    const words = await choice.innerText();
    expect(words).toContain(variant.preset);
    expect(words).toContain(`${variant.width} × ${variant.height}`);
    expect(words).toMatch(/smaller|larger|same size/);
    // The cached answer is an <img>'s, which had no origin and so no CORS header.
    const length = await page.evaluate(
      async (url) => (await (await fetch(url, { cache: "no-store" })).arrayBuffer()).byteLength,
      variant.url,
    );
    expect(length).toBe(variant.bytes);
  }
}

test("chosen pictures become variants of the right sizes beside their originals", async () => {
  const { page, errors } = await open(browser);
  const camera = withOrientation(await picture(page, "sunset in camera.jpg", 3000, 2000), 6);
  const cutout = await picture(page, "cut+out 100%.png", 900, 1200);
  await choose(page, camera, cutout);

  const upright = await card(page, camera.name, "ready");
  await expectVariants(page, upright);
  expect(await upright.locator("figure").first().innerText()).toContain("2000 × 3000 · JPEG");
  expect(await upright.locator("figure").nth(1).innerText()).toContain("1280 × 1920");
  const original = upright.getByRole("img", { name: `${camera.name}, original` });
  expect(
    await original.evaluate((image: HTMLImageElement) => [image.naturalWidth, image.naturalHeight]),
  ).toEqual([2000, 3000]);

  const transparent = await card(page, cutout.name, "ready");
  await expectVariants(page, transparent);
  expect(await transparent.locator("figure").nth(1).innerText()).toContain("WebP");

  expect(await page.locator("#summary").innerText()).toBe("2 of 2 pictures done");
  expect(await violations(page)).toEqual([]);
  expect(errors).toEqual([]);
});

test("a file that is no picture is rejected, and the page says why", async () => {
  const { page, errors } = await open(browser);
  await choose(page, TEXT);
  const rejected = await card(page, TEXT.name, "rejected");
  expect(await rejected.locator(".status").innerText()).toBe("Rejected");
  expect((await rejected.locator(".body p").first().innerText()).length).toBeGreaterThan(10);
  expect(await rejected.getByRole("button").count()).toBe(1);
  expect(await rejected.getByRole("button", { name: `Remove ${TEXT.name}`, exact: true }).count()).toBe(1);
  expect(await page.locator("#announcer").innerText()).toContain(`${TEXT.name}: Rejected`);
  expect(await violations(page)).toEqual([]);
  expect(errors).toEqual([]);
});

test("without a WebSocket the page polls the manifest", async () => {
  let tries = 0;
  const { page, errors } = await open(browser, {}, (page) =>
    page.routeWebSocket(/.*/, async (socket) => {
      tries += 1;
      await socket.close();
    }),
  );
  await choose(page, await picture(page, "polled.jpg", 800, 600));
  await expectVariants(page, await card(page, "polled.jpg", "ready"));
  expect(tries).toBeGreaterThan(0);
  expect(errors).toEqual([]);
});

test("a WebSocket that breaks is opened again, and watches again", async () => {
  const asked: string[][] = [];
  const { page, errors } = await open(browser, {}, (page) =>
    page.routeWebSocket(/.*/, (socket) => {
      const isFirst = asked.length === 0;
      const messages: string[] = [];
      asked.push(messages);
      const server = socket.connectToServer();
      socket.onMessage(async (message) => {
        messages.push(String(message));
        if (isFirst) await socket.close({ code: 1001 });
        else server.send(message);
      });
    }),
  );
  // The manifest is kept back, so that only a notice can tell.
  await page.route("**/manifest.json", (route) => route.abort());
  await page.route("**/guest/**", async (route) => {
    if (route.request().method() === "PUT")
      await expect.poll(() => asked[1]?.length, { timeout: 10_000 }).toBe(1);
    await route.fallback();
  });
  await choose(page, await picture(page, "again.jpg", 800, 600));
  await card(page, "again.jpg", "ready");
  expect(asked[1]).toEqual(asked[0]);
  expect(errors).toEqual([]);
});

test("an upload that fails says what to do, and a retry brings it through", async () => {
  const { page } = await open(browser);
  const block = { url: "**/guest/**", handler: (route: import("playwright-core").Route) => route.abort() };
  await page.route(block.url, block.handler);
  await choose(page, await picture(page, "stubborn.jpg", 640, 480));
  const failed = await card(page, "stubborn.jpg", "failed");
  expect(await failed.locator(".body").innerText()).toContain("Check the network connection, then retry.");
  expect(await violations(page)).toEqual([]);
  await page.unroute(block.url, block.handler);
  await failed.getByRole("button", { name: "Retry" }).click();
  await card(page, "stubborn.jpg", "ready");
});

test("many dropped files go up three at a time", async () => {
  const { page, errors } = await open(browser);
  let running = 0;
  let most = 0;
  const isPut = (request: import("playwright-core").Request) => request.method() === "PUT";
  page.on("request", (request) => {
    if (isPut(request)) most = Math.max(most, ++running);
  });
  page.on("requestfinished", (request) => {
    if (isPut(request)) running -= 1;
  });
  const source = await picture(page, "dropped.jpg", 1200, 900);
  await page.evaluate((base64) => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const dataTransfer = new DataTransfer();
    for (const number of [1, 2, 3, 4, 5]) {
      dataTransfer.items.add(new File([bytes], `dropped ${number}.jpg`, { type: "image/jpeg" }));
    }
    const drop = new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true });
    if (document.body.dispatchEvent(drop)) throw new Error("the page left the drop to the browser");
  }, source.buffer.toString("base64"));
  for (const number of [1, 2, 3, 4, 5]) await card(page, `dropped ${number}.jpg`, "ready");
  expect(most).toBeGreaterThan(1);
  expect(most).toBeLessThanOrEqual(3);
  expect(errors).toEqual([]);
});

test("the keyboard is enough", async () => {
  const { page, errors } = await open(browser);
  const chooser = page.waitForEvent("filechooser"); // early: from now on, not from when it is asked, dialogs are caught
  const file = await picture(page, "typed.jpg", 1500, 1000);
  await page.keyboard.press("Tab");
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("picker");
  await page.keyboard.press("Enter");
  await (await chooser).setFiles(file);
  const ready = await card(page, file.name, "ready");

  await ready.getByRole("radio").first().focus();
  await page.keyboard.press("ArrowRight");
  const presets = (await manifestOf(page, ready)).variants.map((variant) => variant.preset);
  expect(await ready.locator(".chosen figcaption strong").innerText()).toBe(presets[1]);

  await ready.getByRole("button", { name: `Remove ${file.name}` }).focus();
  await page.keyboard.press("Enter");
  expect(await page.locator(".card").count()).toBe(0);
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("picker");
  expect(errors).toEqual([]);
});

test("a guest keeps its identity, and nothing on the page shows it", async () => {
  const { page, errors } = await open(browser);
  const identities = () => page.evaluate(() => Object.values({ ...localStorage }));
  await choose(page, await picture(page, "secret.jpg", 640, 480));
  await card(page, "secret.jpg", "ready");
  const before = await identities();
  expect(before).toHaveLength(1);
  expect(await page.content()).not.toContain(before[0]);
  await page.reload();
  await choose(page, TEXT);
  await card(page, TEXT.name, "rejected");
  expect(await identities()).toEqual(before);
  expect(errors).toEqual([]);
});

test("a narrow screen needs no sideways scrolling", async () => {
  const { page, errors } = await open(browser, { viewport: { width: 320, height: 640 } });
  await choose(page, await picture(page, `${"long-name-".repeat(12)}.jpg`, 1500, 1000), TEXT);
  await page.locator('.card[data-step="ready"]').waitFor();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
  expect(await violations(page)).toEqual([]);
  expect(errors).toEqual([]);
});
