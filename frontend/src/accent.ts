// The operator's accent, made readable. Contrast is that of WCAG 2.2.

/** The page's grounds, on which an accent must stand out: the ones nearest to it in lightness. */
const GROUNDS = { dark: "#1e1816", light: "#f6f0e8" } as const;

/** The least contrast of text and its ground (WCAG 2.2, 1.4.3). */
const LEAST = 4.5;

/** The colours of one scheme. */
export interface Accent {
  accent: string;
  /** Text on the accent. */
  on: string;
  /** The light behind the title. */
  glow: string;
}

/** What an accent looks like in one scheme: moved towards white or black only as far as it must be to be read. */
export function accentFor(colour: string, scheme: keyof typeof GROUNDS): Accent {
  const ground = GROUNDS[scheme];
  const towards = scheme === "dark" ? "#ffffff" : "#000000";
  let accent = colour;
  for (let step = 1; contrast(accent, ground) < LEAST; step += 1) accent = mixed(colour, towards, step / 20);
  const on = contrast(accent, "#ffffff") >= contrast(accent, "#000000") ? "#ffffff" : "#000000";
  return { accent, on, glow: mixed(ground, accent, 0.15) };
}

/** The contrast of two colours, 1 to 21. */
export function contrast(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const [red, green, blue] = channels(colour).map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function mixed(one: string, other: string, share: number): string {
  const others = channels(other);
  const parts = channels(one).map((value, at) => Math.round(value + ((others[at] ?? 0) - value) * share));
  return `#${parts.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}

function channels(colour: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
}
