// Results: variants, comparison, what is taken away, what outlives a reload. In a real browser, against a real stack.

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { violations } from "./axe.ts";
import { browserForTests } from "./chrome.ts";
import { HEIC, picture, withOrientation } from "./pictures.ts";
import { choose, detail, drop, expectVariants, manifestOf, row } from "./steps.ts";
import { letPuts, onPut } from "./traffic.ts";

const open = browserForTests();

test("chosen pictures become variants of the right sizes beside their originals", async () => {
  const { page, errors } = await open();
  const camera = withOrientation(await picture(page, "sunset in camera.jpg", 3000, 2000), 6);
  const cutout = await picture(page, "cut+out 100%.png", 900, 1200);
  await choose(page, camera, cutout);

  const upright = await row(page, camera.name, "ready");
  await expectVariants(page, upright);
  const dialog = await detail(page, upright);
  expect(await dialog.innerText()).toContain("2000 × 3000 · JPEG");
  expect(await dialog.innerText()).toContain("1280 × 1920");
  const original = dialog.getByRole("img", { name: `${camera.name}, original` });
  expect(
    await original.evaluate(async (image: HTMLImageElement) => {
      await image.decode();
      return [image.naturalWidth, image.naturalHeight];
    }),
  ).toEqual([2000, 3000]);
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press("Escape");

  await row(page, cutout.name, "ready");
  expect(await page.locator("#summary").innerText()).toBe("2 ready");
  expect(await violations(page)).toEqual([]);
  expect(errors).toEqual([]);
});

test("identical variants are one entry, and a larger one is not praised", async () => {
  const { page, errors } = await open();
  await choose(page, await picture(page, "small.jpg", 180, 180));
  const dialog = await detail(page, await row(page, "small.jpg", "ready"));
  expect(await dialog.locator(".variant").count()).toBe(1);
  expect(await dialog.locator(".variant strong").innerText()).toBe("large, medium, small, thumb and square");
  const words = await dialog.locator(".saved").innerText();
  const judged = words.includes("larger") ? "bad" : words.includes("smaller") ? "good" : "even";
  expect(await dialog.locator(".saved").getAttribute("data-judged")).toBe(judged);
  expect(errors).toEqual([]);
});

test("variants, links, markup and everything at once can be taken away", async () => {
  const { page, errors } = await open({ permissions: ["clipboard-read", "clipboard-write"] });
  await choose(page, await picture(page, "mine.jpg", 1500, 1000), await picture(page, "mine.png", 300, 200));
  const shown = await row(page, "mine.jpg", "ready");
  await row(page, "mine.png", "ready");
  const manifest = await manifestOf(page, shown);
  const medium = manifest.variants.find(({ preset }) => preset === "medium");
  const dialog = await detail(page, shown);

  const saving = page.waitForEvent("download");
  await dialog.getByRole("button", { name: "Download medium of mine.jpg" }).click();
  expect((await saving).suggestedFilename()).toBe("mine-medium.jpg");
  expect(readFileSync(await (await saving).path()).length).toBe(medium?.bytes);

  const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
  await dialog.getByRole("button", { name: "Copy URL of medium of mine.jpg" }).click();
  await expect.poll(clipboard).toBe(medium?.url);
  await dialog.getByRole("button", { name: "Copy <picture>" }).click();
  await expect.poll(clipboard).toBe(manifest.html);
  await dialog.getByText("HTML for your page").click();
  expect(await dialog.locator("pre").innerText()).toBe(manifest.html);
  expect(await dialog.locator("pre *").count()).toBe(0); // shown as text, never as markup
  await page.keyboard.press("Escape");

  const packing = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download all" }).click();
  expect((await packing).suggestedFilename()).toBe("darkroom.zip");
  const zip = readFileSync(await (await packing).path());
  expect(zip.subarray(0, 4)).toEqual(Buffer.from("PK\x03\x04"));
  for (const { preset } of manifest.variants) expect(zip.includes(`mine-${preset}.jpg`)).toBe(true);
  expect(zip.includes("mine-square.")).toBe(true);
  expect(errors).toEqual([]);
});

test("before and after are compared by keyboard, by pointer and pixel by pixel", async () => {
  const { page, errors } = await open();
  await choose(page, await picture(page, "compared.jpg", 3000, 2000));
  const dialog = await detail(page, await row(page, "compared.jpg", "ready"));
  const clip = () =>
    dialog
      .locator(".layer")
      .nth(1)
      .evaluate((layer) => layer.style.clipPath);
  const moved = () =>
    dialog
      .locator(".layer img")
      .first()
      .evaluate((image) => image.style.transform);
  await dialog.getByRole("slider").focus();
  await page.keyboard.press("ArrowLeft");
  expect(await clip()).toBe("inset(0px 51% 0px 0px)");

  const stage = dialog.locator(".stage");
  const box = await stage.boundingBox();
  if (!box) throw new Error("the comparison has no size");
  await page.mouse.move(box.x + box.width * 0.4, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.25, box.y + box.height / 2, { steps: 4 });
  await page.mouse.up();
  expect(await clip()).toBe("inset(0px 75% 0px 0px)");

  await dialog.getByRole("button", { name: "1:1, actual pixels" }).click();
  expect(await dialog.locator(".readout").innerText()).toBe("100%");
  await stage.focus();
  const before = await moved();
  await page.keyboard.press("ArrowRight");
  expect(await moved()).not.toBe(before);
  await page.keyboard.press("0");
  expect(await moved()).toBe("translate(0px, 0px) scale(1)");
  expect(await violations(page)).toEqual([]);
  expect(errors).toEqual([]);
});

test("of a HEIC, which the browser cannot show, the engine's own picture is the one before", async () => {
  const { page, errors } = await open();
  await choose(page, HEIC);
  const shown = await row(page, HEIC.name, "ready");
  const manifest = await manifestOf(page, shown);
  const dialog = await detail(page, shown);
  await dialog.locator(".tag-before", { hasText: "large (the original cannot be shown)" }).waitFor();
  const before = dialog.locator(".layer img").nth(1);
  expect(await before.getAttribute("src")).toBe(
    manifest.variants.find(({ preset }) => preset === "large")?.url,
  );
  expect(
    await before.evaluate(async (image: HTMLImageElement) => {
      await image.decode();
      return [image.naturalWidth, image.naturalHeight];
    }),
  ).toEqual([48, 32]);
  expect(await dialog.innerText()).toContain("Original: 48 × 32 · HEIC");
  expect(errors).toEqual([]);
});

test("a picture's way is told: what each part took, and when it was ready", async () => {
  const { page, errors } = await open();
  const before = Date.now();
  await choose(page, await picture(page, "timed.jpg", 1500, 1000));
  const shown = await row(page, "timed.jpg", "ready");
  const most = Date.now() - before;
  const { timings_ms: job } = await manifestOf(page, shown);
  const dialog = await detail(page, shown);
  const parts = () => dialog.locator(".timeline li").allInnerTexts();
  await expect.poll(async () => (await parts()).length).toBe(7);
  const told = (await parts()).map((part) => part.split("\n").filter((word) => word));
  expect(told.map(([name]) => name)).toEqual([
    "Waited for its turn",
    "Uploaded",
    "In the queue, and announced",
    "Read from the bucket",
    "Decoded",
    "Rendered",
    "Stored",
  ]);
  expect(told.slice(3).map(([, ms]) => ms)).toEqual(
    [job.fetch, job.decode, job.render, job.store].map((ms) => `${ms} ms`),
  );
  const total = /after ([\d.]+) (ms|sec)/.exec(await dialog.locator(".timeline p").innerText());
  const ms = Number(total?.[1]) * (total?.[2] === "sec" ? 1000 : 1);
  expect(ms).toBeGreaterThan(0);
  expect(ms).toBeLessThanOrEqual(most + 100); // seconds are rounded to a tenth
  expect(await violations(page)).toEqual([]);

  await page.reload();
  await detail(page, await row(page, "timed.jpg", "ready"));
  await expect.poll(async () => (await parts()).length).toBe(4); // the page's own clock did not outlive the reload
  expect(errors).toEqual([]);
});

test("until a picture has loaded its ThumbHash stands there", async () => {
  const { page } = await open();
  await choose(page, await picture(page, "blurred.jpg", 1200, 800));
  await row(page, "blurred.jpg", "ready");
  await page.route(/\.jpg\?v=/, () => {}); // variants never load any more
  await page.reload();
  const shown = await row(page, "blurred.jpg", "ready"); // by the manifest, which has the hash
  const drawn = shown.locator(".thumb canvas");
  expect(await drawn.evaluate((canvas: HTMLCanvasElement) => [canvas.width, canvas.height])).toEqual([
    32, 23,
  ]);
  // The sky of the picture is dark above and bright below.
  const light = (y: number) =>
    drawn.evaluate(
      (canvas: HTMLCanvasElement, at) => canvas.getContext("2d")?.getImageData(16, at, 1, 1).data[0] ?? 0,
      y,
    );
  expect(await light(20)).toBeGreaterThan((await light(0)) + 20);
  const dialog = await detail(page, shown);
  expect(await dialog.locator(".stage canvas").isVisible()).toBe(true);
});

test("a reload loses nothing that was uploaded, and warns before it would", async () => {
  const { page, errors } = await open();
  await choose(page, await picture(page, "kept.jpg", 640, 480), await picture(page, "second.jpg", 640, 480));
  await row(page, "kept.jpg", "ready");
  await row(page, "second.jpg", "ready");
  await page.reload();
  const kept = await row(page, "kept.jpg", "ready");
  await row(page, "second.jpg", "ready");
  expect(await page.locator(".row h3").allInnerTexts()).toEqual(["kept.jpg", "second.jpg"]);
  const dialog = await detail(page, kept);
  expect(await dialog.locator(".tag-before").innerText()).toContain("the original cannot be shown");
  await page.keyboard.press("Escape");
  await kept.getByRole("button", { name: "Remove" }).click();

  await onPut(page, async () => {}); // never answered
  await choose(page, await picture(page, "halfway.jpg", 640, 480));
  await row(page, "halfway.jpg", "uploading");
  const warning = page.waitForEvent("dialog");
  const reloaded = page.reload();
  expect((await warning).type()).toBe("beforeunload");
  await (await warning).accept();
  await reloaded;
  const lost = await row(page, "halfway.jpg", "rejected");
  expect(await lost.locator(".why").innerText()).toContain("Choose the file again.");
  expect(await page.locator(".row h3").allInnerTexts()).toEqual(["second.jpg", "halfway.jpg"]);
  await letPuts(page);
  await choose(page, await picture(page, "halfway.jpg", 640, 480)); // the same file goes on in the same row
  await row(page, "halfway.jpg", "ready");
  expect(await page.locator(".row h3").allInnerTexts()).toEqual(["second.jpg", "halfway.jpg"]);
  expect(errors).toEqual([]);
});

test("dropped files that a reload cut off are read again, those that waited for their turn too", async () => {
  const { page, errors } = await open({}, async (opened) => {
    // What Chromium gives for a file of the disk; a test cannot drag one, so the file is of the page's own storage.
    await opened.addInitScript(() => {
      Object.assign(DataTransferItem.prototype, {
        async getAsFileSystemHandle(this: DataTransferItem) {
          const file = this.getAsFile();
          if (!file) return null;
          const root = await navigator.storage.getDirectory();
          const handle = await root.getFileHandle(file.name, { create: true });
          const writer = await handle.createWritable();
          await writer.write(file);
          await writer.close();
          return handle;
        },
      });
    });
  });
  await onPut(page, async () => {}); // never answered
  const names = ["1.jpg", "2.jpg", "3.jpg", "4.jpg", "5.jpg"];
  await drop(page, await picture(page, "x.jpg", 640, 480), names);
  await row(page, "3.jpg", "uploading");
  await row(page, "5.jpg", "queued");
  page.on("dialog", (dialog) => dialog.accept());
  await letPuts(page);
  await page.reload();
  for (const name of names) await row(page, name, "ready");
  expect(await page.locator(".row h3").allInnerTexts()).toEqual(names);
  expect(errors).toEqual([]);
});

test("a guest keeps its identity, and nothing on the page or in its database shows it", async () => {
  const { page, errors } = await open();
  const identities = () => page.evaluate(() => Object.values({ ...localStorage }));
  await choose(page, await picture(page, "secret.jpg", 640, 480));
  await row(page, "secret.jpg", "ready");
  const before = await identities();
  expect(before).toHaveLength(1);
  expect(await page.content()).not.toContain(before[0]);
  const rows = await page.evaluate(async () => {
    const [found] = await indexedDB.databases();
    const opening = indexedDB.open(found?.name ?? "");
    await new Promise((opened) => opening.addEventListener("success", opened));
    const reading = opening.result.transaction("pictures").objectStore("pictures").getAll();
    await new Promise((read) => reading.addEventListener("success", read));
    return reading.result as Record<string, unknown>[];
  });
  expect(rows.map((kept) => Object.keys(kept).sort())).toEqual([
    ["at", "id", "isStored", "name", "size", "uploadId"],
  ]);
  expect(JSON.stringify(rows)).not.toContain(before[0]);
  await page.reload();
  await choose(page, await picture(page, "again.jpg", 640, 480));
  await row(page, "again.jpg", "ready");
  expect(await identities()).toEqual(before);
  expect(errors).toEqual([]);
});

test("a picture that is deleted is gone, for its owner and for everyone who has the link", async () => {
  const { page, errors } = await open();
  await choose(page, await picture(page, "regretted.jpg", 640, 480));
  const shown = await row(page, "regretted.jpg", "ready");
  const url = (await manifestOf(page, shown)).variants[0]?.url ?? "";
  const status = () =>
    page.evaluate(async (address) => (await fetch(address, { cache: "reload" })).status, url);
  expect(await status()).toBe(200);
  await page.reload(); // the permission outlives the reload
  const dialog = await detail(page, await row(page, "regretted.jpg", "ready"));
  await dialog.getByRole("button", { name: "Delete now" }).click();
  expect(await status()).toBe(200); // asked for once, it asks back
  await dialog.getByRole("button", { name: "Really delete" }).click();
  await dialog.waitFor({ state: "hidden" });
  await page.locator("#uploads").waitFor({ state: "hidden" });
  expect(await page.locator("#announcer").innerText()).toContain(
    "regretted.jpg and its variants are deleted.",
  );
  await expect.poll(status, { timeout: 20_000 }).toBeGreaterThanOrEqual(403);
  expect(errors.filter((error) => !error.includes(url))).toEqual([]);
});

test("cancelling a picture that is stored already deletes it, and the button says so", async () => {
  const said: string[] = [];
  const { page, errors } = await open({}, (opened) =>
    opened.routeWebSocket(/.*/, (socket) => {
      const server = socket.connectToServer();
      server.onMessage((message) => {
        if (String(message).includes('"type":"removing"')) said.push(String(message));
        if (!String(message).includes('"type":"notice"')) socket.send(message);
      });
    }),
  );
  await page.route("**/manifest.json", (route) => route.abort()); // the page never hears that it is ready
  await choose(page, await picture(page, "second thoughts.jpg", 640, 480));
  const rendering = await row(page, "second thoughts.jpg", "rendering");
  await rendering.getByRole("button", { name: "Delete second thoughts.jpg" }).click();
  await page.locator("#uploads").waitFor({ state: "hidden" });
  await expect.poll(() => said.length, { timeout: 10_000 }).toBe(1);
  expect(await page.locator("#announcer").innerText()).toContain(
    "second thoughts.jpg and its variants are deleted.",
  );
  expect(errors).toEqual([]);
});
