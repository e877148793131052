import { thumbHashToRGBA } from "thumbhash";
import { el } from "./dom.ts";

/** The shortest and the longest ThumbHash, in bytes. */
const SHORTEST = 5;
const LONGEST = 25;

/** A ThumbHash as a small, blurred picture; undefined if it is none. */
export function placeholder(base64: string | undefined): HTMLCanvasElement | undefined {
  const hash = base64 && decoded(base64);
  if (!hash) return undefined;
  const { w: width, h: height, rgba } = thumbHashToRGBA(hash);
  const canvas = el("canvas", { class: "placeholder", "aria-hidden": "true" });
  Object.assign(canvas, { width, height });
  canvas.getContext("2d")?.putImageData(new ImageData(new Uint8ClampedArray(rgba), width, height), 0, 0);
  return canvas;
}

/** The bytes of a ThumbHash; undefined if it is none. */
export function decoded(base64: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9+/]+=*$/.test(base64) || base64.length % 4 !== 0) return undefined;
  const hash = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  return hash.length >= SHORTEST && hash.length <= LONGEST ? hash : undefined;
}
