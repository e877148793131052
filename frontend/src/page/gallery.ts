// The result of one upload: the original beside the chosen variant, and all variants to choose from.

import type { Original, Variant } from "../outcome.ts";
import { bytes, formatName, pixels, saved } from "../words.ts";
import { el } from "./dom.ts";

/** Aspect ratios beyond which a frame leaves some of its mat empty rather than becoming a stripe. */
const TALLEST = 2 / 3;
const WIDEST = 2;

/** An original that became variants. */
export interface Developed {
  /** The file's name. */
  name: string;
  /** A URL of the original on this device. */
  preview: string;
  original: Original;
  variants: Variant[];
}

let galleries = 0;

/** Shows an original's variants, the first one chosen. */
export function gallery(developed: Developed): HTMLElement {
  galleries += 1;
  const chosen = el("figure", { class: "frame chosen" });
  const strip = el("fieldset", { class: "strip" }, el("legend", {}, "Variants"));
  for (const [at, variant] of developed.variants.entries()) {
    const { input, label } = choice(`variants-${galleries}`, developed.original, variant);
    const show = () => chosen.replaceChildren(...chosenFrame(developed, variant));
    input.addEventListener("change", show);
    strip.append(label);
    if (at > 0) continue;
    input.checked = true;
    show();
  }
  return el(
    "div",
    { class: aspect(developed) < 1 ? "gallery is-tall" : "gallery" },
    el("div", { class: "pair" }, el("figure", { class: "frame" }, ...originalFrame(developed)), chosen),
    strip,
  );
}

function originalFrame(developed: Developed): HTMLElement[] {
  const { name, preview, original } = developed;
  const image = el("img", { alt: `${name}, original`, src: preview, decoding: "async" });
  const mat = newMat(developed, image);
  image.addEventListener("error", () => {
    mat.replaceChildren(el("p", {}, "This browser cannot show the original."));
  });
  const facts = [pixels(original), formatName(original.format), bytes(original.bytes)];
  return [mat, el("figcaption", {}, el("strong", {}, "Original"), el("span", {}, facts.join(" · ")))];
}

function chosenFrame(developed: Developed, variant: Variant): HTMLElement[] {
  const { name, original } = developed;
  const link = el("a", { href: variant.url, target: "_blank", rel: "noopener" }, "Open");
  link.append(el("span", { class: "unseen" }, ` ${variant.preset} of ${name} in a new tab`));
  const facts = [
    pixels(variant),
    formatName(variant.format),
    bytes(variant.bytes),
    saved(original.bytes, variant.bytes),
  ];
  return [
    newMat(developed, picture(variant, `${name}, ${variant.preset}`)),
    el("figcaption", {}, el("strong", {}, variant.preset), el("span", {}, facts.join(" · ")), link),
  ];
}

/** A radio button that looks like a frame of a contact sheet. Its label names it, so the picture in it needs no words. */
function choice(group: string, original: Original, variant: Variant) {
  const input = el("input", { type: "radio", name: group, class: "unseen" });
  const label = el(
    "label",
    { class: "choice" },
    input,
    el("span", { class: "mat" }, picture(variant, "")),
    el("strong", {}, variant.preset),
    el("span", {}, pixels(variant)),
    el("span", {}, bytes(variant.bytes)),
    el("span", { class: "saved" }, saved(original.bytes, variant.bytes)),
  );
  return { input, label };
}

/** A mat of the original's shape, so that original and variant lie side by side alike. */
function newMat(developed: Developed, image: HTMLImageElement): HTMLElement {
  const mat = el("div", { class: "mat" }, image);
  mat.style.aspectRatio = String(aspect(developed)); // by script: the page's policy allows no style attributes
  return mat;
}

function aspect({ original }: Developed): number {
  return Math.min(WIDEST, Math.max(TALLEST, original.width / original.height));
}

function picture(variant: Variant, alt: string): HTMLImageElement {
  const size = { width: String(variant.width), height: String(variant.height) };
  return el("img", { alt, src: variant.url, decoding: "async", loading: "lazy", ...size });
}
