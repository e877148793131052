// What the tests do on the page, and what they look at.

import type { Locator, Page } from "playwright-core";
import { expect } from "vitest";
import type { Picture } from "./pictures.ts";

/** A file that is no picture, under a picture's name. */
export const TEXT: Picture = {
  name: "notes.jpg",
  mimeType: "image/jpeg",
  buffer: Buffer.from("dear diary\n"),
};

/** Picks files with the first button of the page. */
export const choose = (page: Page, ...files: Picture[]) => page.locator("#picker").setInputFiles(files);

/** The row of a file, once its upload has come to `step`. */
export async function row(page: Page, name: string, step: string): Promise<Locator> {
  const found = page.locator(`.row[data-step="${step}"]`, {
    has: page.getByRole("heading", { name, exact: true }),
  });
  await found.waitFor({ timeout: 45_000 });
  return found;
}

/** The parts of a manifest that the tests read. */
export interface Manifest {
  original: { width: number; height: number; bytes: number };
  variants: { preset: string; url: string; width: number; height: number; bytes: number }[];
  html: string;
  timings_ms: { fetch: number; decode: number; render: number; store: number };
}

/** The manifest beside the variant that a row shows. */
export async function manifestOf(page: Page, shown: Locator): Promise<Manifest> {
  const src = await shown.locator(".thumb img").getAttribute("src");
  const url = new URL("manifest.json", src ?? "");
  return page.evaluate(async (address) => (await fetch(address)).json(), url.href);
}

/** Opens a row's picture and returns the dialog. */
export async function detail(page: Page, shown: Locator): Promise<Locator> {
  await shown.getByRole("button", { name: /^Compare/ }).click();
  return page.getByRole("dialog");
}

/** Holds what the page shows of each variant against the manifest: words, and the real size of the picture that loaded. */
export async function expectVariants(page: Page, shown: Locator): Promise<void> {
  const manifest = await manifestOf(page, shown);
  const dialog = await detail(page, shown);
  const entries = dialog.locator(".variant");
  expect(await entries.count()).toBe(manifest.variants.length);
  for (const [at, variant] of manifest.variants.entries()) {
    const entry = entries.nth(at);
    await entry.getByRole("radio").check();
    const size = await dialog
      .locator(".layer img")
      .first()
      .evaluate(async (image: HTMLImageElement) => {
        await image.decode();
        return { src: image.src, width: image.naturalWidth, height: image.naturalHeight };
      });
    expect(size).toEqual({ src: variant.url, width: variant.width, height: variant.height });
    const words = await entry.innerText();
    expect(words).toContain(variant.preset);
    expect(words).toContain(`${variant.width} × ${variant.height}`);
    expect(words).toMatch(/smaller|larger|same size/);
  }
  await page.keyboard.press("Escape");
  expect(await dialog.isVisible()).toBe(false);
}

/** Drops files on the page as `name`s, all with the content of one picture. */
export async function drop(page: Page, source: Picture, names: string[]): Promise<void> {
  const given = { base64: source.buffer.toString("base64"), names };
  await page.evaluate(({ base64, names }) => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const dataTransfer = new DataTransfer();
    for (const name of names) dataTransfer.items.add(new File([bytes], name, { type: "image/jpeg" }));
    const event = new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true });
    if (document.body.dispatchEvent(event)) throw new Error("the page left the drop to the browser");
  }, given);
}
