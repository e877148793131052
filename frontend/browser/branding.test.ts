// The page as an operator dresses it. In a real browser, against a real stack.

import { readFileSync } from "node:fs";
import Ajv from "ajv/dist/2020.js";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { violations } from "./axe.ts";
import { browserForTests } from "./chrome.ts";
import { choose, row } from "./steps.ts";

const open = browserForTests();

/** The config.json that the stack's page was published with. Asked for in the browser: Node knows no *.localhost. */
const published = (page: Page): Promise<object> =>
  page.evaluate(async () => (await fetch("config.json", { cache: "no-cache" })).json());

test("the published config.json is what the schema says", async () => {
  const schema = JSON.parse(
    readFileSync(new URL("../../docs/schema/config.schema.json", import.meta.url), "utf8"),
  );
  const fits = new Ajv({ allowUnionTypes: true }).compile(schema);
  const { page } = await open();
  expect([fits(await published(page)), fits.errors]).toEqual([true, null]);
});

test("title, accent, logo, terms, languages and limits are the operator's", async () => {
  const config = await published((await open()).page);
  const wishes = {
    title: "Passfotos",
    accent: "#ffe600",
    logo: "favicon.svg",
    terms: "https://example.com/terms",
    languages: ["de"],
    formats: ["png"],
    maxBytes: 1_000_000,
  };
  const { page, errors } = await open({ locale: "en-GB" }, async (opened) => {
    await opened.route("**/config.json", (route) => route.fulfill({ json: { ...config, page: wishes } }));
  });
  expect(await page.title()).toBe("Passfotos");
  expect(await page.getByRole("heading", { level: 1 }).innerText()).toBe("Passfotos");
  expect(await page.locator("html").getAttribute("lang")).toBe("de"); // an English browser: nothing else is on offer
  expect(await page.locator("#languages a").count()).toBe(0);
  expect(await page.getByRole("link", { name: "Nutzungsbedingungen" }).getAttribute("href")).toBe(
    "https://example.com/terms",
  );
  expect(await page.locator("#limits").innerText()).toMatch(/^PNG, bis zu 1\sMB/);
  expect(
    await page.locator("#logo").evaluate(async (image: HTMLImageElement) => {
      await image.decode();
      return image.naturalWidth > 0;
    }),
  ).toBe(true);
  const button = page.locator("label[for=picker]");
  const background = () => button.evaluate((label) => getComputedStyle(label).backgroundColor);
  await page.emulateMedia({ colorScheme: "dark" });
  expect(await background()).toBe("rgb(255, 230, 0)");
  await page.emulateMedia({ colorScheme: "light" });
  expect(await background()).not.toBe("rgb(255, 230, 0)"); // yellow on paper could not be read
  expect(await violations(page)).toEqual([]);

  await choose(page, {
    name: "a.jpg",
    mimeType: "image/jpeg",
    buffer: Buffer.from([0xff, 0xd8, 0xff, 0xd9]),
  });
  expect(await (await row(page, "a.jpg", "rejected")).locator(".why").innerText()).toContain(
    "JPEG wird nicht unterstützt.",
  );
  expect(errors).toEqual([]);
});

test("the other language is a link away", async () => {
  const { page } = await open();
  await page.getByRole("link", { name: "Deutsch" }).click();
  await expect.poll(() => page.locator("#dropzone-title").innerText()).toBe("Bilder hinzufügen");
  await page.getByRole("link", { name: "English" }).waitFor(); // comes with config.json
});
