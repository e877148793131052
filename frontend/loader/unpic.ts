import { type Presets, urlOf } from "./url.ts";

/** A transformer for the `base` components of unpic: `<Image transformer={unpicTransformer(presets)} ...>`. */
export function unpicTransformer(presets?: Presets) {
  return (src: string | URL, { width }: { width?: number | string }): string =>
    urlOf({
      src: String(src),
      width: Number(width) || Number.POSITIVE_INFINITY,
      ...(presets && { presets }),
    });
}
