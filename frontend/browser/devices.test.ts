// Ways to add pictures, fingers, screens. In a real browser, against a real stack.

import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { violations } from "./axe.ts";
import { browserForTests } from "./chrome.ts";
import { picture } from "./pictures.ts";
import { choose, detail, row } from "./steps.ts";

const open = browserForTests();

test("a picture that is pasted is uploaded; pasted text is left alone", async () => {
  const { page, errors } = await open();
  const base64 = (await picture(page, "x.png", 640, 480)).buffer.toString("base64");
  const paste = (given: { base64: string; isFile: boolean }) =>
    page.evaluate(({ base64, isFile }) => {
      const clipboardData = new DataTransfer();
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      if (isFile) clipboardData.items.add(new File([bytes], "image.png", { type: "image/png" }));
      else clipboardData.setData("text/plain", "words");
      const event = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
      return document.body.dispatchEvent(event);
    }, given);
  expect(await paste({ base64, isFile: false })).toBe(true);
  expect(await page.locator("#uploads").isVisible()).toBe(false);
  expect(await paste({ base64, isFile: true })).toBe(false);
  await row(page, "image.png", "ready");
  expect(errors).toEqual([]);
});

test("a phone offers its camera, a desktop does not", async () => {
  const desktop = await open();
  expect(await desktop.page.getByText("Take a photo").isVisible()).toBe(false);
  const { page, errors } = await open({
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
  });
  expect(await page.getByText("Take a photo").isVisible()).toBe(true);
  const camera = page.locator("#camera");
  expect(await camera.getAttribute("capture")).toBe("environment");
  await camera.setInputFiles(await picture(page, "snapshot.jpg", 640, 480));
  await row(page, "snapshot.jpg", "ready");
  expect(errors).toEqual([]);
});

test("files that are dragged show where they will land, wherever the page is scrolled", async () => {
  const { page } = await open();
  const drag = (type: string, hasFiles = true) =>
    page.evaluate(
      ({ type, hasFiles }) => {
        const dataTransfer = new DataTransfer();
        if (hasFiles) dataTransfer.items.add(new File(["x"], "x.jpg"));
        else dataTransfer.setData("text/plain", "words");
        document.body.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
      },
      { type, hasFiles },
    );
  const veil = page.locator("#drop-veil");
  await drag("dragenter", false);
  expect(await veil.isVisible()).toBe(false); // words may be dragged elsewhere
  await page.setViewportSize({ width: 600, height: 300 });
  await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
  await drag("dragenter");
  expect(await veil.isVisible()).toBe(true);
  expect(await veil.boundingBox()).toEqual({ x: 0, y: 0, width: 600, height: 300 });
  expect(await violations(page)).toEqual([]);
  await drag("dragleave");
  expect(await veil.isVisible()).toBe(false);
  await drag("dragenter");
  await drag("drop");
  expect(await veil.isVisible()).toBe(false);
  await row(page, "x.jpg", "rejected");
});

/** Fingers on the screen: each inner list is where they are at one moment; an empty one lifts them. */
async function touch(page: Page, moments: { x: number; y: number }[][]): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  for (const [at, points] of moments.entries()) {
    const type = points.length === 0 ? "touchEnd" : at === 0 ? "touchStart" : "touchMove";
    const touchPoints = points.map((point, id) => ({ ...point, id }));
    await devtools.send("Input.dispatchTouchEvent", { type, touchPoints });
  }
}

test("one finger moves the divider, two zoom", async () => {
  const { page, errors } = await open({
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
  });
  await choose(page, await picture(page, "touched.jpg", 1500, 1000));
  const dialog = await detail(page, await row(page, "touched.jpg", "ready"));
  const box = await dialog.locator(".stage").boundingBox();
  if (!box) throw new Error("the comparison has no size");
  const at = (part: number) => ({ x: box.x + box.width * part, y: box.y + box.height / 2 });
  await touch(page, [[at(0.5)], [at(0.4)], [at(0.25)], []]);
  const clip = dialog.locator(".layer").nth(1);
  await expect
    .poll(() => clip.evaluate((layer) => layer.style.clipPath))
    .toMatch(/^inset\(0px 7[456]% 0px 0px\)$/);
  const zoom = async () => Number.parseInt(await dialog.locator(".readout").innerText(), 10);
  const before = await zoom();
  await touch(page, [[at(0.45), at(0.55)], [at(0.35), at(0.65)], [at(0.2), at(0.8)], []]);
  await expect.poll(zoom).toBeGreaterThan(before * 2);
  expect(errors).toEqual([]);
});

test.each([
  [320, 640],
  [768, 1024],
  [1920, 1080],
  [3840, 2160],
])("on %i x %i nothing is cut off", async (width, height) => {
  const { page, errors } = await open({ viewport: { width, height } });
  const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(await overflow()).toBe(0);
  await choose(page, await picture(page, "any.jpg", 1500, 1000));
  const shown = await row(page, "any.jpg", "ready");
  expect(await overflow()).toBe(0);
  const dialog = await detail(page, shown);
  await dialog.locator(".timeline").waitFor();
  expect(await dialog.evaluate((element) => element.scrollWidth - element.clientWidth)).toBe(0);
  const box = await dialog.boundingBox();
  expect(box && box.x >= 0 && box.x + box.width <= width).toBe(true);
  expect(await violations(page)).toEqual([]);
  expect(errors).toEqual([]);
});

test.each([
  ["reduce", "none"],
  ["no-preference", "develop"],
] as const)(
  "with the wish for motion %s pictures appear by the animation %s",
  async (reducedMotion, name) => {
    const { page } = await open({ reducedMotion });
    await choose(page, await picture(page, "still.jpg", 640, 480));
    const image = (await row(page, "still.jpg", "ready")).locator("img");
    expect(await image.evaluate((shown) => getComputedStyle(shown).animationName)).toBe(name);
  },
);

test("in forced colours every control can be seen", async () => {
  const { page } = await open({ forcedColors: "active" });
  await choose(page, await picture(page, "forced.jpg", 1500, 1000));
  const dialog = await detail(page, await row(page, "forced.jpg", "ready"));
  await dialog.locator(".timeline").waitFor();
  const colours = (selector: string) =>
    page
      .locator(selector)
      .first()
      .evaluate((element) => {
        const { backgroundColor, borderTopColor, borderTopWidth } = getComputedStyle(element);
        const ground = getComputedStyle(document.body).backgroundColor;
        return backgroundColor !== ground || (borderTopWidth !== "0px" && borderTopColor !== ground);
      });
  for (const selector of [".divider", ".time-bar", ".detail button", "label[for=picker]"]) {
    expect(await colours(selector), selector).toBe(true);
  }
  expect(await violations(page)).toEqual([]);
});
