// What Chromium itself measures of a page: when its largest part was painted, and how much moved by itself.

import type { Page } from "playwright-core";

/** Web vitals: https://web.dev/articles/vitals. */
export interface Vitals {
  /** Largest Contentful Paint, in milliseconds. */
  lcp: number;
  /** The sum of all layout shifts that no input came just before; each is a fraction of the window. */
  cls: number;
}

/** Makes a page measure itself from its first moment; for `open`. */
export const measured = async (page: Page): Promise<void> => void (await page.addInitScript(observe));

/** What has been measured until now. */
export const vitals = (page: Page): Promise<Vitals> => page.evaluate("vitals");

/** Runs in the page. */
function observe(): void {
  const vitals = { lcp: 0, cls: 0 };
  Object.assign(window, { vitals });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) vitals.lcp = entry.startTime;
  }).observe({ type: "largest-contentful-paint", buffered: true });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as (PerformanceEntry & {
      value: number;
      hadRecentInput: boolean;
    })[]) {
      if (!entry.hadRecentInput) vitals.cls += entry.value;
    }
  }).observe({ type: "layout-shift", buffered: true });
}
