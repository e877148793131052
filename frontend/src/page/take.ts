// Taking results away: single files, links, markup, and everything as one zip.

import type { Outcome } from "../../client/outcome.ts";
import { fileName, type Merged, merge } from "../variants.ts";
import { el } from "./dom.ts";

/** Saves a blob as a file. */
export function save(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = el("a", { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000); // the browser reads it while it saves
}

/** A variant's bytes. Throws when they do not arrive. */
export async function fetchVariant(url: string): Promise<Blob> {
  // The cached answer is an <img>'s, which had no origin and so no CORS header.
  const answer = await fetch(url, { cache: "reload" });
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
  return answer.blob();
}

/** Downloads a variant under a name that says what it is: a link to another origin would only open it. */
export async function download(original: string, variant: Merged): Promise<void> {
  save(await fetchVariant(variant.url), fileName(original, variant).replaceAll("/", "-"));
}

/** A picture that is ready. */
export interface Done {
  name: string;
  outcome: Extract<Outcome, { outcome: "ready" }>;
}

/** Names for a zip in which no two are the same. */
export function distinct(names: string[]): string[] {
  const seen = new Map<string, number>();
  return names.map((name) => {
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return times === 1 ? name : name.replace(/(\.[^./]*)?$/, ` (${times})$1`);
  });
}

/** Downloads all variants of all pictures as one zip; `progress` gets the fraction of files. Its code loads on demand. */
export async function downloadAll(done: Done[], progress: (fraction: number) => void): Promise<void> {
  const { downloadZip } = await import("client-zip");
  const files = done.flatMap(({ name, outcome }) =>
    merge(outcome.variants).map((variant) => ({ name: fileName(name, variant), url: variant.url })),
  );
  const names = distinct(files.map(({ name }) => name));
  async function* entries() {
    for (const [at, { url }] of files.entries()) {
      yield { name: names[at] ?? "picture", input: await fetchVariant(url) };
      progress((at + 1) / files.length);
    }
  }
  save(await downloadZip(entries()).blob(), "darkroom.zip");
}
