// An installed Chrome or Chromium, and pages of it that keep what they complained about.

import { accessSync, constants } from "node:fs";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll } from "vitest";

/** The environment variable `name`, without which there is nothing to test. */
export function required(name: string): string {
  const value = process.env[name];
  if (!value)
    throw new Error(`${name} is not set: run \`cargo xtask test\`, which starts a stack and sets it`);
  return value;
}

/** The browser's program: $DARKROOM_BROWSER, which `cargo xtask test` sets, or the one that playwright downloaded. */
function program(): string {
  const path = process.env.DARKROOM_BROWSER || chromium.executablePath();
  try {
    accessSync(path, constants.X_OK);
  } catch {
    throw new Error(`failed to find Chrome or Chromium: ${path} is no program; set DARKROOM_BROWSER to one`);
  }
  return path;
}

/** Starts the browser. It only ever talks to this machine. */
export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: program(),
    args: [
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-gpu",
      "--disable-quic",
      "--disable-sync",
      "--no-first-run",
    ],
    chromiumSandbox: process.getuid?.() !== 0, // Chrome's sandbox does not start for root, whom containers run as
  });
}

/** An open page, and every error it has logged. */
export interface Opened {
  page: Page;
  errors: string[];
}

/** How a test opens the page: `options` are the browser's, and `prepare` may block or change its traffic first. */
export type Open = (
  options?: BrowserContextOptions,
  prepare?: (page: Page) => Promise<void>,
  address?: string,
) => Promise<Opened>;

/** One browser for all tests of a file, and how they open the page in it. */
export function browserForTests(): Open {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());
  return (options, prepare, address) => open(browser, options, prepare, address);
}

/**
 * Opens the upload page as a new guest. Of the errors in its console one kind is left out: Chrome logs every answer of
 * 4xx, and a manifest that is not there yet is just that.
 */
export async function open(
  browser: Browser,
  options: BrowserContextOptions = {},
  prepare: (page: Page) => Promise<void> = async () => {},
  address = "",
): Promise<Opened> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    locale: "en-GB",
    ...options,
  });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => {
    const isAwaited = new URL(message.location().url || "about:blank").pathname.endsWith("/manifest.json");
    if (message.type() === "error" && !isAwaited) errors.push(`${message.text()} ${message.location().url}`);
  });
  await prepare(page);
  await page.goto(`${required("DARKROOM_SITE_URL")}/${address}`);
  await page.locator("#picker:enabled").waitFor({ state: "attached" });
  return { page, errors };
}
