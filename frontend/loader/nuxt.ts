import { type Presets, urlOf } from "./url.ts";

/** The `getImage` of a provider of `@nuxt/image`: `defineProvider({ getImage: nuxtImage(presets) })`. */
export function nuxtImage(presets?: Presets) {
  return (src: string, { modifiers }: { modifiers?: { width?: number | string } }): { url: string } => ({
    url: urlOf({
      src,
      width: Number(modifiers?.width) || Number.POSITIVE_INFINITY,
      ...(presets && { presets }),
    }),
  });
}
