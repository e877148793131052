// What a list of variants says beyond its single lines.

import type { Original, Variant } from "../client/outcome.ts";

/** Variants that are the same file under several presets' names. */
export interface Merged extends Variant {
  /** In the presets' order. */
  presets: string[];
}

/** One entry for identical variants: an original smaller than several presets' boxes gives the same file for each. */
export function merge(variants: Variant[]): Merged[] {
  const merged = new Map<string, Merged>();
  for (const variant of variants) {
    const content = [variant.format, variant.width, variant.height, variant.bytes].join(" ");
    const same = merged.get(content);
    if (same) same.presets.push(variant.preset);
    else merged.set(content, { ...variant, presets: [variant.preset] });
  }
  return [...merged.values()];
}

/** The variant that is shown first: the first one that is smaller than the original, else the smallest. */
export function preferred(original: Original, variants: Merged[]): Merged | undefined {
  const smaller = variants.find((variant) => variant.bytes < original.bytes);
  return smaller ?? [...variants].sort((one, other) => one.bytes - other.bytes)[0];
}

/** A variant for a square of `side` pixels: the smallest that fills it, else the largest. */
export function thumbnail(variants: Variant[], side: number): Variant | undefined {
  const short = (variant: Variant) => Math.min(variant.width, variant.height);
  const sorted = [...variants].sort((one, other) => short(one) - short(other));
  return sorted.find((variant) => short(variant) >= side) ?? sorted.at(-1);
}

/** How a variant's length is to be judged. */
export function judged(original: number, variant: number): "good" | "bad" | "even" {
  if (Math.abs(original - variant) / original < 0.005) return "even";
  return variant < original ? "good" : "bad";
}

/** A file name for a variant: the original's without its extension, the preset, and the format's own extension. */
export function fileName(original: string, variant: Merged): string {
  const stem = original.replace(/\.[a-z0-9]{1,5}$/i, "");
  return `${stem}-${variant.presets[0]}.${variant.format === "jpeg" ? "jpg" : variant.format}`;
}
