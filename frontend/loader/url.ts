// The URL of a variant, formed without its manifest: for loaders that know an address and a width and nothing else.

/** What `darkroom presets --js` prints, as far as a loader reads it. */
export interface Presets {
  presets: readonly Preset[];
}

/** One preset. */
export interface Preset {
  name: string;
  /** The table of presets.toml whose `widths` made this preset. */
  family?: string | null;
  fit: string;
  /** The box in pixels; a side that is not limited is null. */
  width?: number | null;
  height?: number | null;
  /** Of its files, without the dot. `auto` has two, because the original decides. */
  extensions: readonly string[];
}

/** A wish for a URL. */
export interface Asked {
  /**
   * The URL of any variant as a manifest has it (then its format and its `?v=` stay), or of the original's folder:
   * `PUBLIC_URL/photos/cat.jpg`.
   */
  src: string;
  /** Pixels wanted. */
  width: number;
  /** The presets in use; `SHIPPED` by default. */
  presets?: Presets;
}

const shipped = (name: string, side: number): Preset => ({
  name,
  fit: "inside",
  width: side,
  height: side,
  extensions: ["jpg", "webp"],
});

/** The presets that Darkroom comes with, without the cropped one. */
export const SHIPPED: Presets = {
  presets: [shipped("large", 1920), shipped("medium", 1024), shipped("small", 640), shipped("thumb", 320)],
};

/** The order in which extensions are taken where a preset has several: what every browser reads comes first. */
const UNIVERSAL = ["jpg", "png", "gif", "webp", "avif"];

/** The URL of the smallest variant of at least `width` pixels, else of the largest. Cropped presets are never chosen. */
export function urlOf({ src, width, presets = SHIPPED }: Asked): string {
  const [path = "", query] = src.split(/\?(.*)/s);
  const shown = variantIn(path, presets.presets);
  const folder = shown ? shown.folder : path.replace(/\/+$/, "");
  const candidates = presets.presets
    .filter((preset) => preset.fit === "inside" && preset.width)
    .filter((preset) => !shown || preset.extensions.includes(shown.extension));
  const chosen = best(family(candidates, shown?.preset), width);
  if (!chosen) throw new Error(`no preset with a width serves ${src}`);
  const extension = shown?.extension ?? UNIVERSAL.find((name) => chosen.extensions.includes(name));
  return `${folder}/${chosen.name}.${extension}${query ? `?${query}` : ""}`;
}

/** The preset and extension in the last segment of a variant's URL. */
function variantIn(path: string, presets: readonly Preset[]) {
  const at = path.lastIndexOf("/");
  const [, name, extension = ""] = /^(.+)\.(\w+)$/.exec(path.slice(at + 1)) ?? [];
  const preset = presets.find((known) => known.name === name && known.extensions.includes(extension));
  return preset && { folder: path.slice(0, at), preset, extension };
}

/** The presets that are one picture in several widths: those of the shown one's family, else of the first family, else all. */
function family(candidates: Preset[], shown: Preset | undefined): Preset[] {
  const name = shown?.fit === "inside" ? shown.family : candidates.find((preset) => preset.family)?.family;
  return name ? candidates.filter((preset) => preset.family === name) : candidates;
}

function best(candidates: Preset[], width: number): Preset | undefined {
  const sorted = [...candidates].sort((one, other) => Number(one.width) - Number(other.width));
  return sorted.find((preset) => Number(preset.width) >= width) ?? sorted.at(-1);
}
