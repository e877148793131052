import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe finds wrong on the page as it is now, in the light and in the dark: `rule: element`. */
export async function violations(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    // Evaluated by the debugger, which the page's policy does not bind; a script element would be refused.
    const results = (await page.evaluate(`${AXE}; axe.run()`)) as AxeResults;
    for (const { id, nodes } of results.violations) {
      found.push(...nodes.map((node) => `${colorScheme} ${id}: ${node.html}`));
    }
  }
  return found;
}
