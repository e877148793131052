// The list as a tool: filter, order, search, arrow keys, samples. In a real browser, against a real stack.

import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { violations } from "./axe.ts";
import { browserForTests } from "./chrome.ts";
import { picture } from "./pictures.ts";
import { choose, drop, row, TEXT } from "./steps.ts";

const open = browserForTests();

const names = (page: Page) => page.locator(".row[data-step] h3").allInnerTexts();

test("pictures are filtered, sorted and searched, and a reload keeps the view", async () => {
  const { page, errors } = await open();
  const many = ["10.jpg", "9.jpg", "beach 2.jpg", "beach 11.jpg", "Café.jpg"];
  await drop(page, await picture(page, "x.jpg", 640, 480), many);
  await choose(page, TEXT);
  await expect
    .poll(() => page.locator("#summary").innerText(), { timeout: 30_000 })
    .toBe("5 ready · 1 rejected");

  await page.getByRole("radio", { name: "Failed" }).check({ force: true });
  await expect.poll(() => names(page)).toEqual([TEXT.name]);
  await page.getByRole("radio", { name: "Ready" }).check({ force: true });
  await page.getByLabel("Sort by").selectOption("name");
  await expect
    .poll(() => names(page))
    .toEqual(["9.jpg", "10.jpg", "beach 2.jpg", "beach 11.jpg", "Café.jpg"]);
  await page.locator("#dropzone-title").click();
  await page.keyboard.press("/");
  await page.keyboard.type("BEACH");
  await expect.poll(() => names(page)).toEqual(["beach 2.jpg", "beach 11.jpg"]);
  expect(await violations(page)).toEqual([]);

  await page.reload();
  await row(page, "beach 11.jpg", "ready");
  expect(await names(page)).toEqual(["beach 2.jpg", "beach 11.jpg"]);
  expect(await page.getByRole("searchbox").inputValue()).toBe("BEACH");
  await page.getByRole("searchbox").fill("nothing like it");
  await page.locator("#nothing").waitFor();
  expect(await violations(page)).toEqual([]);
  await page.getByRole("button", { name: "Show all" }).click();
  await expect.poll(() => names(page)).toHaveLength(5); // a file that was refused here left nothing to keep;
  expect(errors).toEqual([]);
});

test("arrow keys go through the list, and keep to the same button", async () => {
  const { page, errors } = await open();
  await drop(page, await picture(page, "x.jpg", 640, 480), ["a.jpg", "b.jpg", "c.jpg"]);
  await choose(page, TEXT);
  for (const name of ["a.jpg", "b.jpg", "c.jpg"]) await row(page, name, "ready");
  const focused = () => page.evaluate(() => document.activeElement?.textContent);
  await page.getByRole("button", { name: "Compare a.jpg" }).focus();
  await page.keyboard.press("ArrowDown");
  expect(await focused()).toBe("Compare b.jpg");
  await page.keyboard.press("End");
  expect(await focused()).toContain(TEXT.name); // the row: a rejected picture has nothing to compare
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  expect(await page.getByRole("dialog").getByRole("heading", { level: 2 }).innerText()).toBe("c.jpg");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Home");
  expect(await focused()).toContain("a.jpg");
  expect(errors).toEqual([]);
});

test("three pictures of ours can be tried with one click each", async () => {
  const { page, errors } = await open();
  for (const [name, file] of [
    ["Dunes at dusk", "Dunes at dusk.jpg"],
    ["Safelight", "Safelight.png"],
    ["Lake at night", "Lake at night.jpg"],
  ] as const) {
    await page.locator("#samples").getByRole("button", { name }).click();
    await row(page, file, "ready");
    await page.getByRole("button", { name: `Remove ${file}` }).click();
    await page.locator("#uploads").waitFor({ state: "hidden" });
  }
  expect(errors).toEqual([]);
});
