// The result of one upload: the original beside the chosen variant, and below them all variants to choose from.

import type { Original, Variant } from "../outcome.ts";
import { bytes, formatName, pixels, saved } from "../words.ts";
import { el } from "./dom.ts";

/** Aspect ratios beyond which a frame leaves some of its mat empty rather than becoming a stripe. */
const TALLEST = 2 / 3;
const WIDEST = 2;

let galleries = 0;

/** Shows the variants of the original called `name`. `preview` is a URL of the original on this device. */
export function gallery(name: string, preview: string, original: Original, variants: Variant[]): HTMLElement {
  galleries += 1;
  const aspect = Math.min(WIDEST, Math.max(TALLEST, original.width / original.height));
  const chosen = el("figure", { class: "frame chosen" });
  const strip = el("fieldset", { class: "strip" }, el("legend", {}, "Variants"));
  variants.forEach((variant, at) => {
    const option = choice(`variants-${galleries}`, original, variant);
    option.input.addEventListener("change", () => showChosen(chosen, name, original, variant, aspect));
    option.input.checked = at === 0;
    strip.append(option.label);
  });
  const first = variants[0];
  if (first) showChosen(chosen, name, original, first, aspect);
  return el(
    "div",
    { class: aspect < 1 ? "gallery is-tall" : "gallery" },
    el("div", { class: "pair" }, originalFrame(name, preview, original, aspect), chosen),
    strip,
  );
}

function originalFrame(name: string, preview: string, original: Original, aspect: number): HTMLElement {
  const mat = newMat(aspect);
  const image = el("img", { alt: `${name}, original`, src: preview, decoding: "async" });
  image.addEventListener("error", () =>
    mat.replaceChildren(el("p", {}, "This browser cannot show the original.")),
  );
  mat.append(image);
  return el(
    "figure",
    { class: "frame" },
    mat,
    el(
      "figcaption",
      {},
      el("strong", {}, "Original"),
      el("span", {}, `${pixels(original)} · ${formatName(original.format)} · ${bytes(original.bytes)}`),
    ),
  );
}

function showChosen(
  frame: HTMLElement,
  name: string,
  original: Original,
  variant: Variant,
  aspect: number,
): void {
  const mat = newMat(aspect);
  mat.append(picture(variant, `${name}, ${variant.preset}`));
  const link = el("a", { href: variant.url, target: "_blank", rel: "noopener" }, "Open");
  link.append(el("span", { class: "unseen" }, ` ${variant.preset} of ${name} in a new tab`));
  frame.replaceChildren(
    mat,
    el(
      "figcaption",
      {},
      el("strong", {}, variant.preset),
      el(
        "span",
        {},
        `${pixels(variant)} · ${formatName(variant.format)} · ${bytes(variant.bytes)} · ${saved(original.bytes, variant.bytes)}`,
      ),
      link,
    ),
  );
}

/** A frame of the original's shape, so that original and variant lie side by side alike. */
function newMat(aspect: number): HTMLElement {
  const mat = el("div", { class: "mat" });
  mat.style.aspectRatio = String(aspect); // by script: the page's policy allows no style attributes
  return mat;
}

/** A radio button that looks like a frame of a contact sheet. Its label is its name, so the picture needs none. */
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

function picture(variant: Variant, alt: string): HTMLImageElement {
  const size = { width: String(variant.width), height: String(variant.height) };
  return el("img", { alt, src: variant.url, decoding: "async", loading: "lazy", ...size });
}
