// Numbers as people read them.

const UNITS = ["bytes", "KB", "MB", "GB"];

/** A length in bytes with three digits at most: `853 bytes`, `41.2 KB`, `3.75 MB`. Decimal units, as file managers show. */
export function bytes(length: number): string {
  if (length === 1) return "1 byte";
  let value = length;
  let unit = 0;
  // 999.5 would be shown as 1000, so the next unit starts there.
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 ? value : Number(value.toPrecision(3));
  return `${digits} ${UNITS[unit]}`;
}

const NUMBERS = new Intl.NumberFormat("en");

/** A number in groups of three digits. */
export function number(value: number): string {
  return NUMBERS.format(value);
}

/** How a variant's length compares with its original's: `89% smaller`, `12% larger`, `same size`. */
export function saved(original: number, variant: number): string {
  const percent = (Math.abs(original - variant) / original) * 100;
  if (percent < 0.5) return "same size";
  if (variant > original) return `${Math.round(percent)}% larger`;
  // Never "100% smaller": something is left.
  return `${percent >= 99.5 ? Math.min(99.9, Number(percent.toFixed(1))) : Math.round(percent)}% smaller`;
}

/** Width and height with a real multiplication sign. */
export function pixels(size: { width: number; height: number }): string {
  return `${size.width} × ${size.height}`;
}

/** A format's name as people write it. */
export function formatName(format: string): string {
  return format === "webp" ? "WebP" : format.toUpperCase();
}

/** `1 picture`, `2 pictures`. */
export function plural(count: number, word: string): string {
  return `${number(count)} ${word}${count === 1 ? "" : "s"}`;
}

/** Words in a row: `large`, `large and medium`, `large, medium and small`. */
export function listed(words: string[]): string {
  return new Intl.ListFormat("en-GB").format(words);
}
