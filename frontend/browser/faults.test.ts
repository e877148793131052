// What goes wrong between the page and AWS. In a real browser, against a real stack.

import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { violations } from "./axe.ts";
import { browserForTests } from "./chrome.ts";
import { picture } from "./pictures.ts";
import { choose, row } from "./steps.ts";
import { onCognito, onPut, refuseGuests, refusePuts } from "./traffic.ts";

const open = browserForTests();

test("a clock that is wrong is said once for all pictures, and a retry works when it is right", async () => {
  const { page } = await open();
  let isWrong = true;
  await refusePuts(page, "RequestTimeTooSkewed", () => isWrong);
  const names = ["early.jpg", "late.jpg"];
  await choose(page, ...(await Promise.all(names.map((name) => picture(page, name, 640, 480)))));
  for (const name of names) await row(page, name, "failed");
  expect(await page.locator("#trouble").innerText()).toBe(
    "The upload was refused, because this device's clock is wrong. Set the clock, then retry.",
  );
  expect(await violations(page)).toEqual([]);
  isWrong = false;
  await page.getByRole("button", { name: "Retry failed" }).click();
  for (const name of names) await row(page, name, "ready");
});

test("credentials that expire in the middle are renewed, and nobody notices", async () => {
  const { page } = await open();
  let refusals = 0;
  await refusePuts(page, "ExpiredToken", () => ++refusals === 1);
  let vended = 0;
  await onCognito(page, async (route) => {
    if (route.request().headers()["x-amz-target"]?.endsWith("GetCredentialsForIdentity")) vended += 1;
    await route.fallback();
  });
  await choose(page, await picture(page, "midnight.jpg", 640, 480));
  await row(page, "midnight.jpg", "ready");
  expect(vended).toBe(2);
  expect(await page.locator("#trouble").isVisible()).toBe(false);
});

// As `GuestUploads=off`, a deleted stack, and a stopped role answer.
test.each<[string, (page: Page) => Promise<unknown>]>([
  ["NotAuthorizedException", (page) => refuseGuests(page, "NotAuthorizedException")],
  ["ResourceNotFoundException", (page) => refuseGuests(page, "ResourceNotFoundException")],
  ["AccessDenied", (page) => refusePuts(page, "AccessDenied", () => true)],
])(
  "uploads that are closed (%s) are one banner, with the operator's words folded away",
  async (name, close) => {
    const { page } = await open();
    await close(page);
    const names = ["one.jpg", "two.jpg", "three.jpg", "four.jpg"];
    const source = await picture(page, "x.jpg", 640, 480);
    await choose(page, ...names.map((name) => ({ ...source, name })));
    for (const name of names) await row(page, name, "failed");
    const banner = page.locator("#trouble");
    expect(await banner.locator("strong").allInnerTexts()).toEqual(["Uploads are closed at the moment."]);
    expect(await page.locator("body").innerText()).not.toContain(name);
    await banner.getByText("Details").click();
    expect(await banner.innerText()).toContain(name);
    expect(await violations(page)).toEqual([]);
  },
);

test("closed uploads are said in German, too, and the banner goes once one gets through", async () => {
  const { page } = await open({ locale: "de-DE" });
  let isClosed = true;
  await refusePuts(page, "AccessDenied", () => isClosed);
  const file = await picture(page, "zu.jpg", 640, 480);
  await choose(page, file);
  const failed = await row(page, file.name, "failed");
  const banner = page.locator("#trouble");
  expect(await banner.locator("p").first().innerText()).toBe(
    "Das Hochladen ist zurzeit geschlossen. Lassen Sie diese Seite offen und versuchen Sie es später noch einmal.",
  );
  isClosed = false;
  await page.waitForTimeout(5000); // a refusal holds so long
  await failed.getByRole("button", { name: "Wiederholen" }).click();
  await row(page, file.name, "ready");
  expect(await banner.isVisible()).toBe(false);
});

test("a notice that is lost delays a picture, and no more", async () => {
  let lost = 0;
  let watched = 0;
  const { page, errors } = await open({}, (opened) =>
    opened.routeWebSocket(/.*/, (socket) => {
      const server = socket.connectToServer();
      server.onMessage((message) => {
        if (String(message).includes('"type":"notice"')) {
          lost += 1;
          return;
        }
        watched += 1;
        socket.send(message);
      });
    }),
  );
  await onPut(page, async (route) => {
    // Not before it is watched, so that no look at the manifest comes after `watching`.
    await expect.poll(() => watched, { timeout: 10_000 }).toBe(1);
    await route.fallback();
  });
  await choose(page, await picture(page, "unheard.jpg", 640, 480));
  await row(page, "unheard.jpg", "ready"); // by a look at the manifest, ten seconds later at most
  expect(lost).toBeGreaterThan(0);
  expect(errors).toEqual([]);
});

test("on a slow line the page says how far it is", async () => {
  const { page, errors } = await open();
  const file = await picture(page, "slow.jpg", 1500, 1000);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: 400, // slow 3G, as browsers' tools have it
    downloadThroughput: 50_000,
    uploadThroughput: 50_000,
  });
  await choose(page, file);
  const seen = new Set<number>();
  await expect
    .poll(
      async () => {
        const line = await page.locator(".row[data-step] .status").innerText();
        seen.add(Number(/Uploading · (\d+)%/.exec(line)?.[1] ?? 0));
        return line;
      },
      { timeout: 40_000, interval: 100 },
    )
    .toMatch(/^Ready/);
  expect([...seen].filter((percent) => percent > 0 && percent < 100).length).toBeGreaterThan(1);
  expect(errors).toEqual([]);
});
