// The page by itself: what it refuses, how it hears of outcomes, names, keyboard, narrow screens. In a real browser, against a real stack.

import { expect, test } from "vitest";
import { violations } from "./axe.ts";
import { browserForTests } from "./chrome.ts";
import { type Picture, picture } from "./pictures.ts";
import { choose, detail, drop, expectVariants, manifestOf, row, TEXT } from "./steps.ts";
import { onPut } from "./traffic.ts";

const open = browserForTests();

test("files that the engine would reject are refused before they are sent, each with its own advice", async () => {
  const { page, errors } = await open();
  let puts = 0;
  page.on("request", (request) => {
    if (request.method() === "PUT") puts += 1;
  });
  const file = (name: string, content: string) => ({
    name,
    mimeType: "",
    buffer: Buffer.from(content, "latin1"),
  });
  const header = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\xea\x60\0\0\xea\x60\b\x02\0\0\0";
  const said: [Picture, string][] = [
    [TEXT, "The file is text, not a picture. Check that this is the right file."],
    [file("empty.jpg", ""), "The file is empty. Save or copy the file again, then choose it again."],
    [
      file("form.pdf", "%PDF-1.7\n"),
      "PDF is not supported. Save the picture as JPEG or PNG, then choose that file.",
    ],
    [
      file("logo.svg", "<svg/>"),
      "SVG is not supported. Save the picture as JPEG or PNG, then choose that file.",
    ],
    [
      file("bomb.png", header),
      "The picture has 60000 × 60000 pixels; the limit is 200,000,000 pixels. Scale the picture down, then choose it again.",
    ],
  ];
  await choose(page, ...said.map(([refused]) => refused));
  for (const [refused, words] of said) {
    const shown = await row(page, refused.name, "rejected");
    expect(await shown.locator(".status").innerText()).toBe("Rejected");
    expect(await shown.locator(".why").innerText()).toBe(words);
    expect(await shown.getByRole("button").count()).toBe(1);
  }
  expect(await page.locator("#summary").innerText()).toBe("5 rejected");
  expect(puts).toBe(0);
  expect(await violations(page)).toEqual([]);
  expect(errors).toEqual([]);
});

test("a broken picture is rejected by the engine, and the page says why", async () => {
  const { page, errors } = await open();
  const whole = await picture(page, "cut.png", 640, 480);
  await choose(page, { ...whole, buffer: whole.buffer.subarray(0, 5000) });
  const rejected = await row(page, "cut.png", "rejected");
  expect(await rejected.locator(".why").innerText()).toContain("Copy the file again");
  expect(await page.locator("#announcer").innerText()).toContain("cut.png: Rejected");
  expect(errors).toEqual([]);
});

test("without a WebSocket the page polls the manifest", async () => {
  let tries = 0;
  const { page, errors } = await open({}, (page) =>
    page.routeWebSocket(/.*/, async (socket) => {
      tries += 1;
      await socket.close();
    }),
  );
  await choose(page, await picture(page, "polled.jpg", 1500, 1000));
  await expectVariants(page, await row(page, "polled.jpg", "ready"));
  expect(tries).toBeGreaterThan(0);
  expect(errors).toEqual([]);
});

test("a WebSocket that breaks is opened again, and watches again", async () => {
  const asked: string[][] = [];
  const { page, errors } = await open({}, (page) =>
    page.routeWebSocket(/.*/, (socket) => {
      const isFirst = asked.length === 0;
      const messages: string[] = [];
      asked.push(messages);
      const server = socket.connectToServer();
      socket.onMessage(async (message) => {
        messages.push(String(message));
        if (isFirst) await socket.close({ code: 1001 });
        else server.send(message);
      });
    }),
  );
  // The manifest is kept back, so that only a notice can tell.
  await page.route("**/manifest.json", (route) => route.abort());
  await onPut(page, async (route) => {
    await expect.poll(() => asked[1]?.length, { timeout: 10_000 }).toBe(1);
    await route.fallback();
  });
  await choose(page, await picture(page, "again.jpg", 800, 600));
  await row(page, "again.jpg", "ready");
  expect(asked[1]).toEqual(asked[0]);
  expect(errors).toEqual([]);
});

test("the keyboard is enough", async () => {
  const { page, errors } = await open();
  const chooser = page.waitForEvent("filechooser"); // early: from now on, not from when it is asked, dialogs are caught
  const file = await picture(page, "typed.jpg", 1500, 1000);
  await page.keyboard.press("Tab"); // the other language
  await page.keyboard.press("Tab");
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("picker");
  await page.keyboard.press("Enter");
  await (await chooser).setFiles(file);
  const ready = await row(page, file.name, "ready");

  await ready.getByRole("button", { name: "Compare" }).focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("radio").first().focus();
  await page.keyboard.press("ArrowDown");
  const presets = (await manifestOf(page, ready)).variants.map((variant) => variant.preset);
  expect(await dialog.locator(".tag-after").innerText()).toBe(presets[1]);
  await page.keyboard.press("Escape");
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Compare typed.jpg");

  await ready.getByRole("button", { name: `Remove ${file.name}` }).focus();
  await page.keyboard.press("Enter");
  await expect.poll(() => page.locator(".row[data-step]").count()).toBe(0);
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("picker");
  expect(errors).toEqual([]);
});

test("names are text, whatever is in them, and fit", async () => {
  const { page, errors } = await open({
    viewport: { width: 320, height: 640 },
    forcedColors: "active",
  });
  const names = ["<img src=x onerror=alert(1)>.jpg", `${"long-name-".repeat(20)}.jpg`, "صورة من العطلة.jpg"];
  const source = await picture(page, "x.jpg", 640, 480);
  await drop(page, source, names);
  for (const name of names) await row(page, name, "ready");
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
  expect(await violations(page)).toEqual([]);
  expect(errors).toEqual([]);
});

test("a narrow screen needs no sideways scrolling, and everything is large enough for a finger", async () => {
  const { page, errors } = await open({ viewport: { width: 320, height: 640 }, hasTouch: true });
  await choose(page, await picture(page, "phone.jpg", 1500, 1000), TEXT);
  const shown = await row(page, "phone.jpg", "ready");
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
  const small = () =>
    page.evaluate(() =>
      [...document.querySelectorAll("button, .picker label, .variant label, input[type=range]")]
        .map((element) => ({ text: element.textContent, box: element.getBoundingClientRect() }))
        .filter(({ box }) => box.width > 0 && Math.min(box.width, box.height) < 44)
        .map(({ text }) => text),
    );
  expect(await small()).toEqual([]);
  expect(await violations(page)).toEqual([]);
  const dialog = await detail(page, shown);
  expect(await small()).toEqual([]);
  expect(await dialog.evaluate((element) => element.scrollWidth <= element.clientWidth)).toBe(true);
  expect(await violations(page)).toEqual([]);
  expect(errors).toEqual([]);
});

test("the page says who can see the pictures and how long they are kept", async () => {
  const { page } = await open();
  expect(await page.locator("#privacy").innerText()).toMatch(
    /link of a variant can see it.*deleted after 7 days; you can delete a picture earlier/s,
  );
  expect(await page.locator("#limits").innerText()).toMatch(/HEIC, up to 268 MB and 200 megapixels/);
});
