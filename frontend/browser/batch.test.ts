// Many pictures, and a network that fails. In a real browser, against a real stack.

import type { Request } from "playwright-core";
import { expect, test } from "vitest";
import { violations } from "./axe.ts";
import { browserForTests } from "./chrome.ts";
import { picture } from "./pictures.ts";
import { choose, drop, row, TEXT } from "./steps.ts";
import { countTraffic, letPuts, onPut } from "./traffic.ts";
import { measured, vitals } from "./vitals.ts";

const open = browserForTests();

test("uploads that fail say what to do, and one button retries them all", async () => {
  const { page } = await open();
  await onPut(page, (route) => route.abort());
  const names = ["stubborn.jpg", "mule.jpg"];
  await choose(page, ...(await Promise.all(names.map((name) => picture(page, name, 640, 480)))));
  for (const name of names) {
    const failed = await row(page, name, "failed");
    expect(await failed.locator(".why").innerText()).toContain("Check the network connection, then retry.");
  }
  expect(await page.locator("#summary").innerText()).toBe("2 failed");
  expect(await violations(page)).toEqual([]);
  await letPuts(page);
  await page.getByRole("button", { name: "Retry failed" }).click();
  for (const name of names) await row(page, name, "ready");
});

test("without a network uploads wait, the page says so, and they go on by themselves", async () => {
  const { page } = await open();
  const files = [await picture(page, "tunnel.jpg", 640, 480), await picture(page, "lift.jpg", 640, 480)];
  await page.context().setOffline(true);
  await page.locator("#offline").waitFor();
  await choose(page, ...files);
  for (const { name } of files) await row(page, name, "waiting");
  expect(await page.locator("#offline").innerText()).toContain("2 pictures will go on");
  expect(await violations(page)).toEqual([]);
  await page.context().setOffline(false);
  for (const { name } of files) await row(page, name, "ready");
  expect(await page.locator("#offline").isVisible()).toBe(false);
});

test("many dropped files go up three at a time, in the order in which they are shown", async () => {
  const { page, errors } = await open();
  let running = 0;
  let most = 0;
  const sent: string[] = [];
  const isPut = (request: Request) => request.method() === "PUT";
  page.on("request", (request) => {
    if (!isPut(request)) return;
    sent.push(decodeURIComponent(request.url().split("/").at(-1) ?? ""));
    most = Math.max(most, ++running);
  });
  page.on("requestfinished", (request) => {
    if (isPut(request)) running -= 1;
  });
  const names = [5, 1, 4, 2, 3, 6, 7].map((number) => `dropped ${number}.jpg`);
  await drop(page, await picture(page, "dropped.jpg", 1200, 900), names);
  for (const name of names) await row(page, name, "ready");
  expect(await page.locator(".row h3").allInnerTexts()).toEqual(names);
  // Three start together, and which of them is signed first is chance; the later ones cannot overtake.
  expect(new Set(sent.slice(0, 3))).toEqual(new Set(names.slice(0, 3)));
  expect(sent.at(-1)).toBe(names.at(-1));
  expect(most).toBeGreaterThan(1);
  expect(most).toBeLessThanOrEqual(3);
  expect(errors).toEqual([]);
});

test("two hundred files: few elements, few requests, no shift, and two announcements", async () => {
  const { page, errors } = await open({}, measured);
  const traffic = countTraffic(page);
  const names = Array.from({ length: 200 }, (_, at) => `IMG_${at + 1}.jpg`);
  const started = Date.now();
  await drop(page, await picture(page, "many.jpg", 400, 300), names);
  await row(page, "IMG_1.jpg", "ready");
  await expect.poll(() => page.locator("#summary").innerText(), { timeout: 120_000 }).toBe("200 ready");
  expect(await page.evaluate(() => document.querySelectorAll("*").length)).toBeLessThanOrEqual(1500);
  expect((await vitals(page)).cls).toBe(0); // the drop included, which Chromium does not count as input
  // notices bring nearly all outcomes; on a busy machine the page has time for more looks of its own
  expect(traffic.manifests).toBeLessThan(200 + (Date.now() - started) / 1000);
  expect(traffic.messages).toBeLessThan(100); // several ids in each
  const said = (await page.locator("#announcer").innerText()).split("\n").filter((line) => line);
  expect(said.at(-1)).toBe("200 pictures done: 200 ready");
  expect(said.length).toBeLessThanOrEqual(2);
  await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
  await row(page, "IMG_200.jpg", "ready");
  expect(await page.evaluate(() => document.querySelectorAll("*").length)).toBeLessThanOrEqual(1500);
  expect(await violations(page)).toEqual([]);
  expect(errors).toEqual([]);
}, 180_000);

test.each([
  ["a desk", 1280, 900],
  ["a tablet", 768, 1024],
  ["a phone", 390, 844],
])("on %s nothing moves from the first paint to the last result", async (_, width, height) => {
  const { page, errors } = await open({ viewport: { width, height } }, measured);
  const source = await picture(page, "x.jpg", 640, 480);
  await drop(page, source, ["1.jpg", "2.jpg", "3.jpg"]);
  await choose(page, TEXT);
  const summary = page.locator("#summary");
  await expect.poll(() => summary.innerText(), { timeout: 30_000 }).toBe("3 ready · 1 rejected");
  expect(await vitals(page)).toMatchObject({ cls: 0, lcp: expect.any(Number) });
  // From six pictures on there are tools above the list; a phone has no room to keep free for them.
  if (width > 640) {
    await drop(page, source, ["4.jpg", "5.jpg", "6.jpg", "7.jpg"]);
    await expect.poll(() => summary.innerText(), { timeout: 30_000 }).toBe("7 ready · 1 rejected");
    expect((await vitals(page)).cls).toBe(0);
  }
  expect(errors).toEqual([]);
});

test("a paused list starts nothing until it is resumed", async () => {
  const { page, errors } = await open();
  let release = () => {};
  const paused = new Promise<void>((resolve) => {
    release = resolve;
  });
  await onPut(page, async (route) => {
    await paused;
    await route.fallback();
  });
  await drop(page, await picture(page, "p.jpg", 640, 480), ["1.jpg", "2.jpg", "3.jpg", "4.jpg", "5.jpg"]);
  await page.getByRole("button", { name: "Pause" }).click();
  release();
  for (const name of ["1.jpg", "2.jpg", "3.jpg"]) await row(page, name, "ready");
  await row(page, "5.jpg", "queued");
  expect(await page.locator("#summary").innerText()).toContain("Paused");
  await page.getByRole("button", { name: "Resume" }).click();
  await row(page, "5.jpg", "ready");
  await page.getByRole("button", { name: "Clear finished" }).click();
  await expect.poll(() => page.locator("#uploads").isVisible()).toBe(false);
  expect(errors).toEqual([]);
});
