import { type Presets, urlOf } from "./url.ts";

/** A loader for `next/image`: the default export of the file that `images.loaderFile` names. */
export function nextLoader(presets?: Presets) {
  return ({ src, width }: { src: string; width: number; quality?: number }): string =>
    urlOf({ src, width, ...(presets && { presets }) });
}
