// The page in another language. In a real browser, against a real stack.

import { expect, test } from "vitest";
import { violations } from "./axe.ts";
import { browserForTests } from "./chrome.ts";
import { picture } from "./pictures.ts";
import { choose, row, TEXT } from "./steps.ts";

const open = browserForTests();

test("a German browser gets a German page, from the first word to the last", async () => {
  const { page, errors } = await open({ locale: "de-DE" });
  expect(await page.locator("html").getAttribute("lang")).toBe("de");
  expect(await page.locator("#limits").innerText()).toMatch(/ und \w+, bis zu 268\sMB und 200 Megapixel/);
  expect(await violations(page)).toEqual([]);

  await choose(page, await picture(page, "urlaub.jpg", 1500, 1000), TEXT);
  const ready = await row(page, "urlaub.jpg", "ready");
  expect(await ready.locator(".status").innerText()).toMatch(
    /^Fertig · \d Varianten · \w+ ist \d+\s% kleiner$/,
  );
  const refused = await row(page, TEXT.name, "rejected");
  expect(await refused.locator(".why").innerText()).toBe(
    "Die Datei ist ein Text, kein Bild. Prüfen Sie, ob es die richtige Datei ist.",
  );
  await expect.poll(() => page.locator("#summary").innerText()).toBe("1 fertig · 1 abgelehnt");
  await ready.getByRole("button", { name: "Vergleichen urlaub.jpg" }).click();
  const dialog = page.getByRole("dialog");
  expect(await dialog.innerText()).toMatch(/Original: 1500 × 1000 · JPEG · \d+(,\d+)?\skB/);
  expect(await violations(page)).toEqual([]);
  expect(await page.locator("body").innerText()).not.toMatch(
    /\b(Ready|Rejected|pictures|Download|Copy|Close|Remove|smaller)\b/,
  );
  expect(errors).toEqual([]);
});

test("the address can ask for a language", async () => {
  const { page } = await open({ locale: "de-DE" }, undefined, "?lang=en");
  expect(await page.locator("html").getAttribute("lang")).toBe("en");
  expect(await page.locator("#dropzone-title").innerText()).toBe("Add pictures");
});
