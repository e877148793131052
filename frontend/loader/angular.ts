import { type Presets, urlOf } from "./url.ts";

/** A loader for `NgOptimizedImage`: `{ provide: IMAGE_LOADER, useValue: angularLoader(presets) }`. */
export function angularLoader(presets?: Presets) {
  return ({ src, width }: { src: string; width?: number }): string =>
    // Without a width Angular wants the `src` of browsers that know no srcset.
    urlOf({ src, width: width ?? Number.POSITIVE_INFINITY, ...(presets && { presets }) });
}
