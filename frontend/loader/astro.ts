import { type Presets, urlOf } from "./url.ts";

interface Options {
  src: string | { src: string };
  width?: number;
  height?: number;
  [attribute: string]: unknown;
}

/** An image service for Astro: the default export of the file that `image.service.entrypoint` names. */
export function astroService(presets?: Presets) {
  const url = ({ src }: Options, width: number | undefined) =>
    urlOf({
      src: typeof src === "string" ? src : src.src,
      width: width ?? Number.POSITIVE_INFINITY,
      ...(presets && { presets }),
    });
  return {
    getURL: (options: Options): string => url(options, options.width),
    getSrcSet: (options: Options) =>
      ((options.widths as number[] | undefined) ?? []).map((width) => ({
        transform: { ...options, width },
        descriptor: `${width}w`,
      })),
    getHTMLAttributes({ src, widths, densities, format, quality, ...attributes }: Options) {
      return { loading: "lazy", decoding: "async", ...attributes };
    },
  };
}
