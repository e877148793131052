// One picture opened: the comparison, and its variants to take away.

import type { Config } from "../../client/config.ts";
import { asFault } from "../../client/fault.ts";
import { t } from "../../client/language.ts";
import { readMarkup } from "../../client/manifest.ts";
import type { Original } from "../../client/outcome.ts";
import { bytes, formatName, listed, pixels, saved } from "../../client/words.ts";
import { judged, type Merged, merge, preferred } from "../variants.ts";
import { announce } from "./announcer.ts";
import { compare } from "./compare.ts";
import { button, byId, el } from "./dom.ts";
import { type Done, download } from "./take.ts";

/** A picture to open. */
export interface Opened extends Done {
  /** Its public id. */
  id: string | undefined;
  /** The file, unless it was chosen before a reload. */
  file: File | undefined;
}

/** Opens a picture in the dialog. */
export function openDetail(config: Config, picture: Opened): void {
  const dialog = byId("detail") as HTMLDialogElement;
  const { name, outcome, file } = picture;
  const variants = merge(outcome.variants);
  const local = file && URL.createObjectURL(file);
  const frame = el("div", { class: "frame" });
  const show = (variant: Merged, before = local) =>
    frame.replaceChildren(frameOf(picture, variant, before, show));

  const group = el("fieldset", { class: "variants" }, el("legend", {}, t("detail.variants")));
  const first = preferred(outcome.original, variants);
  for (const variant of variants)
    group.append(entry(name, outcome.original, variant, variant === first, show));
  if (first) show(first);

  const close = button(t("detail.close"), name, () => dialog.close());
  const facts = [
    pixels(outcome.original),
    formatName(outcome.original.format),
    bytes(outcome.original.bytes),
  ];
  const head = el(
    "div",
    { class: "detail-head" },
    el(
      "div",
      {},
      el("h2", { id: "detail-title", dir: "auto" }, name),
      el("p", {}, t("detail.original", { facts: facts.join(" · ") })),
    ),
    close.element,
  );
  const copy = button(t("detail.markup"), name, () =>
    say(copy.element, async () => {
      if (picture.id) await navigator.clipboard.writeText(await readMarkup(config.publicUrl, picture.id));
    }),
  );
  copy.element.hidden = !picture.id;
  dialog.replaceChildren(head, frame, group, el("div", { class: "detail-foot" }, copy.element));
  dialog.addEventListener("close", () => local && URL.revokeObjectURL(local), { once: true });
  dialog.showModal();
}

function frameOf(
  { name, outcome }: Opened,
  variant: Merged,
  local: string | undefined,
  show: (variant: Merged, before?: string) => void,
): HTMLElement {
  const largest = merge(outcome.variants).reduce((one, other) => (other.width > one.width ? other : one));
  // The original is private: without the file, the engine's largest picture stands in for it.
  const before = local
    ? { url: local, label: t("compare.original") }
    : { url: largest.url, label: t("compare.standin", { preset: largest.presets[0] ?? "" }) };
  return compare({
    name,
    before,
    after: { url: variant.url, label: listed(variant.presets) },
    width: variant.width,
    height: variant.height,
    blank: () => local && show(variant, ""),
  });
}

function entry(
  name: string,
  original: Original,
  variant: Merged,
  isChosen: boolean,
  show: (variant: Merged) => void,
): HTMLElement {
  const label = listed(variant.presets);
  const input = el("input", { type: "radio", name: "variant" });
  input.checked = isChosen;
  input.addEventListener("change", () => show(variant));
  const saving = el("span", { class: "saved" }, saved(original.bytes, variant.bytes));
  saving.dataset.judged = judged(original.bytes, variant.bytes);
  const facts = [pixels(variant), formatName(variant.format), bytes(variant.bytes)].join(" · ");
  const take = button(t("detail.download"), t("detail.variant", { variant: label, name }), () =>
    say(take.element, () => download(name, variant)),
  );
  const copy = button(t("detail.copy"), t("detail.url", { variant: label, name }), () =>
    say(copy.element, () => navigator.clipboard.writeText(variant.url)),
  );
  return el(
    "div",
    { class: "variant" },
    el("label", {}, input, el("strong", {}, label), el("span", {}, facts), saving),
    el("div", { class: "actions" }, take.element, copy.element),
  );
}

/** Does what a button promises, and says beside it how that went. */
async function say(beside: HTMLElement, work: () => Promise<void>): Promise<void> {
  let words = t("detail.done");
  try {
    await work();
  } catch (error) {
    words = t("detail.not", { reason: asFault(error).message });
  }
  announce(words);
  const note = el("span", { class: "note", "aria-hidden": "true" }, words);
  beside.after(note);
  setTimeout(() => note.remove(), 2500);
}
