// The variants of one picture: what each is, what it saves, and how to take it away.

import { t } from "../../client/language.ts";
import type { Original } from "../../client/outcome.ts";
import { bytes, formatName, listed, pixels, saved } from "../../client/words.ts";
import { judged, type Merged } from "../variants.ts";
import { report } from "./announcer.ts";
import { button, el } from "./dom.ts";
import { download } from "./take.ts";

/** Whose variants they are. */
export interface Taken {
  name: string;
  original: Original;
  variants: Merged[];
}

/** The table; `show` hears which variant is chosen. */
export function variantTable(taken: Taken, first: Merged | undefined, show: (variant: Merged) => void) {
  const heads = ["variant", "format", "size", "bytes", "saving", "take"] as const;
  return el(
    "table",
    { class: "variants" },
    el("caption", {}, t("detail.variants")),
    el("thead", {}, el("tr", {}, ...heads.map((head) => el("th", { scope: "col" }, t(`detail.${head}`))))),
    el("tbody", {}, ...taken.variants.map((variant) => line(taken, variant, variant === first, show))),
  );
}

function line(
  { name, original }: Taken,
  variant: Merged,
  isChosen: boolean,
  show: (variant: Merged) => void,
): HTMLElement {
  const label = listed(variant.presets);
  const input = el("input", { type: "radio", name: "variant" });
  input.checked = isChosen;
  input.addEventListener("change", () => show(variant));
  const saving = el("td", { class: "saved" }, saved(original.bytes, variant.bytes));
  saving.dataset.judged = judged(original.bytes, variant.bytes);
  const take = button(t("detail.download"), t("detail.subject", { variant: label, name }), () =>
    report(take.element, () => download(name, variant)),
  );
  const copy = button(t("detail.copy"), t("detail.url", { variant: label, name }), () =>
    report(copy.element, () => navigator.clipboard.writeText(variant.url)),
  );
  return el(
    "tr",
    { class: "variant" },
    el("th", { scope: "row" }, el("label", {}, input, el("strong", {}, label))),
    el("td", {}, formatName(variant.format)),
    el("td", {}, pixels(variant)),
    el("td", {}, bytes(variant.bytes)),
    saving,
    el("td", {}, el("div", { class: "actions" }, take.element, copy.element)),
  );
}
