// darkroom-client and <darkroom-upload> in applications of their own, on an origin of their own, against a real stack.

import type { Browser, FileChooser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { violations } from "../browser/axe.ts";
import { launch, required } from "../browser/chrome.ts";
import { picture } from "../browser/pictures.ts";
import { fromManifest } from "../loader/index.ts";
import { build } from "./build.ts";
import { type Served, serve } from "./serve.ts";

/** A form with the element in it, as another site would write it. */
const FORM = `<!doctype html>
<html lang="en">
  <head><meta charset="utf-8"><title>An advert</title></head>
  <body>
    <main>
      <h1>An advert</h1>
      <form>
        <darkroom-upload name="photo" multiple required></darkroom-upload>
        <button>Send</button>
      </form>
    </main>
    <script type="module" src="SITE/darkroom-upload.js"></script>
  </body>
</html>`;

let browser: Browser;
let served: Served;
let site: string;
let application: string;

beforeAll(async () => {
  site = required("DARKROOM_SITE_URL");
  const framed = `<!doctype html><title>A frame</title><iframe src="${site}"></iframe>`;
  const pages = { "/form.html": FORM.replace("SITE", site), "/frame.html": framed };
  served = await serve(`${await build("client", "client")}/dist`, pages);
  application = `${served.origin}/?config=${encodeURIComponent(`${site}/config.json`)}`;
  browser = await launch();
}, 180_000);
afterAll(async () => {
  await browser.close();
  served.close();
});

/** A page of the application, and what its console complained about. */
async function open(url: string): Promise<{ page: Page; errors: string[] }> {
  const page = await (await browser.newContext()).newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => {
    const isAwaited = message.location().url.endsWith("/manifest.json"); // 403 until it is there
    if (message.type() === "error" && !isAwaited) errors.push(`${message.text()} ${message.location().url}`);
  });
  await page.goto(url);
  return { page, errors };
}

const said = (page: Page, words: string | RegExp) =>
  page.getByRole("status").filter({ hasText: words }).waitFor();

test("an application uploads by the client and shows a variant; an id brings it back", async () => {
  const { page, errors } = await open(application);
  await page.locator("#picker:enabled").setInputFiles(await picture(page, "me.jpg", 900, 600));
  await said(page, "5 variants are ready");
  const shown = await page.getByRole("img").evaluate(async (image: HTMLImageElement) => {
    await image.decode();
    return [image.naturalWidth, image.naturalHeight, image.src];
  });
  expect(shown.slice(0, 2)).toEqual([200, 200]);
  const { page: other } = await open(page.url());
  await said(other, "5 variants are ready");
  expect(await other.getByRole("img").getAttribute("src")).toBe(shown[2]);
  expect(errors).toEqual([]);
});

test("the loader chooses the variants that the manifest's own markup has", async () => {
  const { page } = await open(application);
  await page.locator("#picker:enabled").setInputFiles(await picture(page, "wide.jpg", 2100, 900));
  await said(page, "variants are ready");
  const src = (await page.getByRole("img").getAttribute("src")) ?? "";
  const manifest = await page.evaluate(
    async (url) => (await fetch(url)).json(),
    new URL("manifest.json", src).href,
  );
  const markup = await page.evaluate((html) => {
    const parsed = new DOMParser().parseFromString(html, "text/html");
    const read = (element: Element | null, ...names: string[]) =>
      names.map((name) => element?.getAttribute(name));
    return {
      image: read(parsed.querySelector("img"), "src", "srcset", "sizes", "width", "height"),
      sources: [...parsed.querySelectorAll("source")].map((source) =>
        read(source, "type", "srcset", "sizes"),
      ),
    };
  }, manifest.html);
  const chosen = fromManifest(manifest);
  if (!chosen) throw new Error("the manifest gives no picture");
  const { src: shown, srcset, sizes, width, height, sources, placeholder } = chosen;
  expect({
    image: [shown, srcset, sizes, String(width), String(height)],
    sources: sources.map(({ type, srcset, sizes }) => [type, srcset, sizes]),
  }).toEqual(markup);
  expect(placeholder).toEqual(manifest.placeholder);
  expect(placeholder.data_uri).toMatch(/^data:image\//);
});

test("the application hears why a file is refused, and may stop an upload", async () => {
  const { page } = await open(application);
  const text = { name: "notes.jpg", mimeType: "image/jpeg", buffer: Buffer.from("dear diary\n") };
  await page.locator("#picker:enabled").setInputFiles(text);
  await said(page, "The file is text, not a picture. Check that this is the right file.");
  await page.route(/\/guest\//, (route) =>
    route.request().method() === "PUT" ? undefined : route.continue(),
  );
  await page.locator("#picker").setInputFiles(await picture(page, "slow.jpg", 600, 400));
  await said(page, "uploading");
  await page.getByRole("button", { name: "Stop" }).click();
  await said(page, "Stopped");
});

test("an origin that the stack does not know may not upload", async () => {
  const { port } = new URL(served.origin);
  const { page } = await open(application.replace(served.origin, `http://elsewhere.localhost:${port}`));
  let puts = 0;
  page.on("requestfailed", (request) => {
    if (request.url().includes("/guest/") && request.method() === "PUT") puts += 1;
  });
  await page.locator("#picker:enabled").setInputFiles(await picture(page, "me.jpg", 600, 400));
  await said(page, "The upload did not get through.");
  expect(puts).toBeGreaterThan(0);
});

/** Collects the element's events as words. */
function listen(): void {
  const heard: string[] = [];
  Object.assign(window, { heard });
  const on = (type: string, say: (detail: Record<string, string> & { file: File }) => string) =>
    document.addEventListener(type, (event) => heard.push(say((event as CustomEvent).detail)));
  on("darkroom-ready", ({ file, id }) => `ready ${file.name} ${id?.length}`);
  on("darkroom-rejected", ({ file, reason }) => `rejected ${file.name} ${reason}`);
  on("darkroom-failed", ({ file }) => `failed ${file.name}`);
  document.addEventListener("darkroom-progress", () => heard.push("progress"), { once: true });
}
const heard = (page: Page): Promise<string[]> => page.evaluate("heard");
const submitted = (page: Page): Promise<string[]> =>
  page.evaluate(() => new FormData(document.forms[0]).getAll("photo").map(String));
const isValid = (page: Page): Promise<boolean> =>
  page.evaluate(() => document.forms[0]?.checkValidity() === true);

test("<darkroom-upload> is a form control on another site: events, value, validity", async () => {
  const { page, errors } = await open(`${served.origin}/form.html`);
  await page.evaluate(listen);
  const element = page.locator("darkroom-upload");
  await element.getByRole("button", { name: "Choose pictures" }).and(page.locator(":enabled")).waitFor();
  expect(await isValid(page)).toBe(false); // required
  const cat = await picture(page, "cat.jpg", 900, 600);
  const text = { name: "notes.jpg", mimeType: "image/jpeg", buffer: Buffer.from("dear diary\n") };
  await element.locator("input").setInputFiles([cat, text]);
  expect(await isValid(page)).toBe(false); // still open
  await element.locator("[data-step=ready] img").waitFor({ timeout: 30_000 });
  await element.locator("[data-step=rejected]").waitFor();
  await expect.poll(() => heard(page)).toHaveLength(3);
  expect((await heard(page)).sort()).toEqual([
    "progress",
    "ready cat.jpg 32",
    "rejected notes.jpg The file is text, not a picture.",
  ]);
  const ids = await submitted(page);
  expect(ids).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/)]);
  expect(await isValid(page)).toBe(true);
  expect(await element.getByRole("status").innerText()).toContain("2 pictures done: 1 ready, 1 rejected");
  expect(await violations(page)).toEqual([]);
  await element.getByRole("button", { name: "Remove cat.jpg" }).click();
  expect(await submitted(page)).toEqual([]);
  await page.evaluate(() => document.forms[0]?.reset());
  expect(await element.getByRole("listitem").count()).toBe(0);
  expect(errors).toEqual([]);
});

test("<darkroom-upload> by keyboard, in German, dropped on, disabled", async () => {
  const { page } = await open(`${served.origin}/form.html`);
  await page.evaluate(() => document.querySelector("darkroom-upload")?.remove());
  await page.evaluate(() => {
    document.forms[0]?.insertAdjacentHTML(
      "afterbegin",
      '<darkroom-upload lang="de" name="photo"></darkroom-upload>',
    );
  });
  const element = page.locator("darkroom-upload");
  const button = element.getByRole("button", { name: "Bilder auswählen" });
  await button.and(page.locator(":enabled")).waitFor();
  const choosers: FileChooser[] = [];
  page.on("filechooser", (chooser) => choosers.push(chooser));
  await expect // Chromium takes a moment to hand choosers over to the test
    .poll(async () => {
      await button.press("Enter");
      return choosers[0]?.isMultiple();
    })
    .toBe(false);
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Tab");
  expect(await button.evaluate((shown) => (shown.getRootNode() as ShadowRoot).activeElement === shown)).toBe(
    true,
  );
  await element.evaluate((host) => {
    const dataTransfer = new DataTransfer();
    for (const name of ["one.txt", "two.txt"]) dataTransfer.items.add(new File(["x"], name));
    const zone = host.shadowRoot?.querySelector(".zone");
    zone?.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
  });
  await element.getByRole("listitem").filter({ hasText: "one.txt" }).waitFor();
  expect(await element.getByRole("listitem").count()).toBe(1); // one picture: no `multiple`
  expect(await violations(page)).toEqual([]);
  await element.evaluate((host) => host.setAttribute("disabled", ""));
  expect(await button.isDisabled()).toBe(true);
});

test("no other site shows the page in a frame, unless the stack names it", async () => {
  const { page, errors } = await open(`${served.origin}/frame.html`);
  await expect.poll(() => errors.join()).toMatch(/frame-ancestors|X-Frame-Options/);
  expect(await page.frameLocator("iframe").locator("#picker").count()).toBe(0);
});
