// A manifest as attributes of <picture> and <img>. The choice of variants is that of the manifest's own `html`.

/** The parts of a manifest that are read. */
export interface ReadManifest {
  outcome: string;
  original?: { width?: number; height?: number };
  variants?: readonly Variant[];
  placeholder?: Placeholder;
}

interface Variant {
  format: string;
  media_type: string;
  url: string;
  width: number;
  height: number;
  frames?: number;
}

interface Placeholder {
  /** A ThumbHash, base64. */
  thumbhash?: string;
  /** `#rrggbb` */
  colour?: string;
  /** A tiny picture as a `data:` URI. */
  data_uri?: string;
}

/** A `<source>`. */
export interface Source {
  type: string;
  srcset: string;
  sizes: string;
}

/** The attributes of an `<img>`, and the `<source>`s before it. */
export interface Picture {
  src: string;
  srcset: string;
  sizes: string;
  /** Pixels of the largest variant: they reserve the space before anything is loaded. */
  width: number;
  height: number;
  /** What to show until then; empty if the manifest has none. */
  placeholder: Placeholder;
  /** Formats that some browsers lack, the smaller files first. */
  sources: Source[];
}

/** Formats for the `<img>`, best first: those that every browser reads. */
const FALLBACKS = ["jpeg", "png", "gif", "webp", "avif"];

/** The picture of a manifest; undefined unless it is ready and has an uncropped variant. `sizes` as HTML has it. */
export function fromManifest(manifest: ReadManifest, sizes = "auto, 100vw"): Picture | undefined {
  if (manifest.outcome !== "ready") return undefined;
  let whole = (manifest.variants ?? []).filter((variant) => isWhole(manifest.original, variant));
  const fallback = [...whole].sort((one, other) => rank(one) - rank(other))[0];
  if (!fallback) return undefined;
  const moves = whole.some(isAnimated);
  // A still picture is no alternative to a moving one.
  whole = whole.filter((variant) => variant.format === fallback.format || !moves || isAnimated(variant));
  const sources = ["avif", "webp"]
    .filter((format) => format !== fallback.format)
    .flatMap((format) => {
      const offered = widths(whole, format);
      return offered[0] ? [{ type: offered[0].media_type, srcset: srcset(offered), sizes }] : [];
    });
  const offered = widths(whole, fallback.format);
  const { url, width, height } = offered.at(-1) ?? fallback;
  return {
    src: url,
    srcset: srcset(offered),
    sizes,
    width,
    height,
    placeholder: manifest.placeholder ?? {},
    sources,
  };
}

/** Whether a variant has the shape of the original, to within the rounding of one pixel. */
function isWhole(original: ReadManifest["original"], variant: Variant): boolean {
  const { width, height } = original ?? {};
  if (!width || !height) return false;
  return Math.abs(variant.width * height - variant.height * width) <= Math.max(width, height);
}

function isAnimated({ frames = 1 }: Variant): boolean {
  return frames > 1;
}

function rank(variant: Variant): number {
  if (variant.format === "gif" && isAnimated(variant)) return -1;
  const at = FALLBACKS.indexOf(variant.format);
  return at < 0 ? FALLBACKS.length : at;
}

/** The variants of a format by rising width, one for each width. */
function widths(variants: Variant[], format: string): Variant[] {
  const sorted = variants
    .filter((variant) => variant.format === format)
    .sort((one, other) => one.width - other.width);
  return sorted.filter((variant, at) => variant.width !== sorted[at - 1]?.width);
}

function srcset(variants: Variant[]): string {
  return variants.map(({ url, width }) => `${url} ${width}w`).join(", ");
}
