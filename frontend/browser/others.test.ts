// The page's main way in Firefox and WebKit, where they are installed: apt-get install firefox-esr webkit2gtk-driver xvfb

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launch, required } from "./chrome.ts";
import { picture } from "./pictures.ts";
import { TEXT } from "./steps.ts";
import { type Driver, INSTALLED } from "./webdriver.ts";

let folder: string;
let files: string[];

beforeAll(async () => {
  folder = mkdtempSync(`${tmpdir()}/darkroom-pictures-`);
  const browser = await launch();
  const made = [await picture(await browser.newPage(), "cat.jpg", 1500, 1000), TEXT];
  await browser.close();
  files = made.map(({ name, buffer }) => {
    writeFileSync(`${folder}/${name}`, buffer);
    return `${folder}/${name}`;
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(Object.entries(INSTALLED))("%s", (_, start) => {
  let driver: Driver;
  beforeAll(async () => {
    if (start) driver = await start();
  });
  afterAll(() => driver?.end());

  const text = (selector: string) =>
    driver.script<string>(`return document.querySelector(${JSON.stringify(selector)})?.innerText ?? ""`);

  test.skipIf(!start)("uploads, refuses, shows and compares", async () => {
    await driver.go(required("DARKROOM_SITE_URL"));
    await expect
      .poll(() => driver.script("return document.querySelector('#picker')?.disabled"), { timeout: 15_000 })
      .toBe(false);
    await driver.choose("#picker", files);
    await expect.poll(() => text("#summary"), { timeout: 45_000 }).toBe("1 ready · 1 rejected");
    await expect.poll(() => text(".row[data-step=ready] .status")).toMatch(/^Ready · 5 variants/);
    await expect
      .poll(() => text(".row[data-step=rejected] .why"))
      .toContain("The file is text, not a picture.");
    await driver.script("document.querySelector('.row[data-step=ready] .actions button').click()");
    await expect
      .poll(() => driver.script("return document.querySelector('dialog[open] .layer img')?.naturalWidth"))
      .toBe(1500);
    expect(await driver.script("return document.querySelectorAll('dialog[open] .variant').length")).toBe(5);
  });

  test.skipIf(!start)("shows the list again after a reload, in German", async () => {
    await driver.go(`${required("DARKROOM_SITE_URL")}/?lang=de`);
    await expect.poll(() => text("#summary"), { timeout: 15_000 }).toMatch(/^1 fertig/);
    expect(await driver.script("return document.documentElement.lang")).toBe("de");
    expect(await driver.script("return document.documentElement.scrollWidth <= innerWidth")).toBe(true);
  });
});
