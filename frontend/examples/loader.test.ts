// Each framework's own tool builds a page with its adapter of darkroom-loader; a browser shows it.

import { readFileSync } from "node:fs";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch } from "../browser/chrome.ts";
import { build } from "./build.ts";
import { serve } from "./serve.ts";

const CAT = "https://pictures.example/photos/cat.jpg";

/** What every page must show: each variant under its true width, with the version of the original. */
const SRCSET = [320, 640, 1024, 1920].map((width) => `${CAT}/web-${width}.jpg?v=1a2b3c4d ${width}w`);

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

test.each([
  ["next", "out"],
  ["nuxt", ".output/public"],
  ["angular", "dist/browser"],
  ["astro", "dist"],
  ["unpic", "dist"],
])("%s builds with its adapter", { timeout: 240_000 }, async (name, made) => {
  const folder = await build(name, "loader");
  const served = await serve(`${folder}/${made}`);
  const page = await browser.newPage();
  await page.route("https://pictures.example/**", () => {}); // never answered: its URL is all that counts
  await page.goto(served.origin, { waitUntil: "domcontentloaded" });
  const image = page.getByRole("img", { name: "A cat" });
  const srcset = (await image.getAttribute("srcset")) ?? "";
  expect(srcset.split(/,\s*/).sort()).toEqual([...SRCSET].sort());
  expect(await image.getAttribute("src")).toMatch(/\/web-\d+\.jpg\?v=1a2b3c4d$/);
  if (name === "next") expect(await image.getAttribute("style")).toContain("data:image/webp;base64,");
  await page.close();
  served.close();
});

test.each(["presets.toml", "loader.js", "app/page.js"])(
  "the recipe of the photo blog shows the example's %s",
  (name) => {
    const recipe = readFileSync(new URL("../../docs/recipes/photo-blog-next.md", import.meta.url), "utf8");
    const lines = readFileSync(new URL(`next/${name}`, import.meta.url), "utf8").split("\n");
    const shown = recipe.split("\n").map((line) => line.trim());
    expect(lines.map((line) => line.trim()).filter((line) => !shown.includes(line))).toEqual([]);
  },
);
