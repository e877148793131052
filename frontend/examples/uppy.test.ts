// docs/recipes/uppy.md: Uppy's own Dashboard in front of a real stack.

import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, required } from "../browser/chrome.ts";
import { picture } from "../browser/pictures.ts";
import { build } from "./build.ts";
import { type Served, serve } from "./serve.ts";

let browser: Browser;
let served: Served;

beforeAll(async () => {
  served = await serve(`${await build("uppy", "client")}/dist`);
  browser = await launch();
}, 180_000);
afterAll(async () => {
  await browser.close();
  served.close();
});

test("Uppy's Dashboard uploads, and the client brings the variants", async () => {
  const page = await browser.newPage();
  const config = `${required("DARKROOM_SITE_URL")}/config.json`;
  const puts: URL[] = [];
  page.on("request", (request) => {
    if (request.method() === "PUT") puts.push(new URL(request.url()));
  });
  await page.goto(`${served.origin}/?config=${encodeURIComponent(config)}`);
  const files = [await picture(page, "cat.jpg", 900, 600), await picture(page, "dog.png", 500, 700)];
  await page.locator(".uppy-Dashboard-input").first().setInputFiles(files);
  await page.getByRole("button", { name: "Upload 2 files" }).click();
  for (const { name } of files) {
    const shown = page.getByRole("list", { name: "Results" }).getByRole("img", { name });
    await shown.waitFor({ timeout: 30_000 });
    const width = await shown.evaluate(async (image: HTMLImageElement) => {
      await image.decode();
      return Math.max(image.naturalWidth, image.naturalHeight);
    });
    expect(width).toBe(320);
  }
  expect(puts.map(({ search }) => search)).toEqual(["", ""]); // signed in headers
  await page.close();
});
