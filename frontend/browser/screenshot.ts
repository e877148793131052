// Not a test of anything: takes the README's picture of the page with a finished upload.
//   DARKROOM_PHOTO=a-photo.jpg DARKROOM_SITE_URL=$(jq -r .site_url target/local/stack.json) npm run screenshot

import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { test } from "vitest";
import { launch, open, required } from "./chrome.ts";

const TARGET = fileURLToPath(new URL("../../docs/images/page.jpg", import.meta.url));

test("the page is photographed", async () => {
  const browser = await launch();
  const { page } = await open(browser, { colorScheme: "dark", viewport: { width: 1120, height: 800 } });
  await page.locator("#picker").setInputFiles(required("DARKROOM_PHOTO"));
  await page.locator('.row[data-step="ready"]').waitFor({ timeout: 45_000 });
  await page.getByRole("button", { name: /^Compare/ }).click();
  await page.evaluate(() => {
    for (const image of document.images) image.loading = "eager"; // also those below the fold
    return Promise.all([...document.images].map((image) => image.decode()));
  });
  await page.waitForTimeout(1000); // until the pictures have faded in
  mkdirSync(new URL("../../docs/images", import.meta.url), { recursive: true });
  await page.screenshot({ path: TARGET, type: "jpeg", quality: 85 });
  await browser.close();
});
