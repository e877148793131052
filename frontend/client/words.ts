// Numbers, lengths and lists as people read them, in the language of the page.

import { language, t } from "./language.ts";

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

/** Formatters are costly to make; one of each kind is kept for each locale. */
const kept = new Map<string, Intl.NumberFormat>();
function format(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const { locale } = language();
  const name = JSON.stringify([locale, options]);
  let found = kept.get(name);
  if (!found) {
    found = new Intl.NumberFormat(locale, options);
    kept.set(name, found);
  }
  return found;
}

/** A length in bytes with three digits at most: `853 bytes`, `41.2 kB`, `3.75 MB`. Decimal units, as file managers show. */
export function bytes(length: number): string {
  let value = length;
  let unit = 0;
  // 999.5 would be shown as 1000, so the next unit starts there.
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return format({
    style: "unit",
    unit: UNITS[unit] ?? "byte",
    unitDisplay: unit === 0 ? "long" : "short",
    ...(value < 1000 ? { maximumSignificantDigits: 3 } : { maximumFractionDigits: 0 }),
  }).format(value);
}

/** A number in groups of digits. */
export function number(value: number): string {
  return format({}).format(value);
}

/** A fraction as a whole percentage, rounded down: nothing is finished before it is. */
export function percent(fraction: number): string {
  return format({ style: "percent" }).format(Math.floor(fraction * 100) / 100);
}

/** How a variant's length compares with its original's: `89% smaller`, `12% larger`, `same size`. */
export function saved(original: number, variant: number): string {
  const change = Math.abs(original - variant) / original;
  if (change < 0.005) return t("saved.same");
  // Never "100% smaller": something is left.
  const isNearlyAll = variant < original && change >= 0.995;
  const shown = isNearlyAll ? Math.min(0.999, change) : change;
  const words = format({ style: "percent", maximumFractionDigits: isNearlyAll ? 1 : 0 }).format(shown);
  return t(variant > original ? "saved.larger" : "saved.smaller", { percent: words });
}

/** Width and height with a real multiplication sign. */
export function pixels(size: { width: number; height: number }): string {
  return `${size.width} × ${size.height}`;
}

/** A format's name as people write it. */
export function formatName(format: string): string {
  return format === "webp" ? "WebP" : format.toUpperCase();
}

/** Words in a row: `large`, `large and medium`, `large, medium and small`. */
export function listed(words: string[]): string {
  return new Intl.ListFormat(language().locale).format(words);
}

/** A length of time as people read it: `120 ms`, `1.4 sec`, `2 min`. */
export function duration(ms: number): string {
  const [unit, value, digits] =
    ms < 1000
      ? (["millisecond", Math.round(ms), 0] as const)
      : ms < 60_000
        ? (["second", ms / 1000, ms < 10_000 ? 1 : 0] as const)
        : (["minute", ms / 60_000, 0] as const);
  return format({ style: "unit", unit, maximumFractionDigits: digits }).format(value);
}

/** A day and a time of it. */
export function moment(when: Date): string {
  return new Intl.DateTimeFormat(language().locale, { dateStyle: "medium", timeStyle: "medium" }).format(
    when,
  );
}
