// Not a test of anything: takes the README's pictures of the page, an opened picture by day and a list in the dark.
//   DARKROOM_PHOTO=a-photo.jpg DARKROOM_SITE_URL=$(jq -r .site_url target/local/stack.json) npm run screenshot

import { mkdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { test } from "vitest";
import { launch, open, required } from "./chrome.ts";
import { choose, detail, row, TEXT } from "./steps.ts";

const FOLDER = new URL("../../docs/images/", import.meta.url);
const VIEWPORT = { width: 1120, height: 800 };

/** The photo, under a name that the README can show. */
const photo = () => ({
  name: "harbour.jpg",
  mimeType: "image/jpeg",
  buffer: readFileSync(required("DARKROOM_PHOTO")),
});

async function shoot(page: Page, name: string): Promise<void> {
  await page.evaluate(() => Promise.all([...document.images].map((image) => image.decode().catch(() => {}))));
  await page.mouse.move(0, 0); // over no button
  await page.waitForTimeout(1000); // until the pictures have faded in
  const path = fileURLToPath(new URL(name, FOLDER));
  await page.screenshot({ path, type: "jpeg", quality: 85 });
}

test("the page is photographed", async () => {
  mkdirSync(FOLDER, { recursive: true });
  const browser = await launch();
  const day = await open(browser, { colorScheme: "light", viewport: VIEWPORT });
  await choose(day.page, photo());
  await detail(day.page, await row(day.page, "harbour.jpg", "ready"));
  await shoot(day.page, "page.jpg");

  const { page } = await open(browser, { colorScheme: "dark", viewport: VIEWPORT });
  // Pressed by script: the samples hide once there is a list.
  await page.locator("#samples button:enabled").nth(2).waitFor();
  await page.evaluate(() => {
    for (const button of document.querySelectorAll<HTMLButtonElement>("#samples button")) button.click();
  });
  await row(page, "Lake at night.jpg", "ready");
  await choose(page, TEXT, photo(), { ...photo(), name: "harbour, again.jpg" });
  for (const name of ["Dunes at dusk.jpg", "Safelight.png", "harbour, again.jpg"]) {
    await row(page, name, "ready");
  }
  await page.setViewportSize({ ...VIEWPORT, height: 740 }); // the list, and nothing above it
  await page.evaluate(() => document.querySelector("#uploads")?.scrollIntoView());
  await shoot(page, "batch.jpg");
  await browser.close();
});
