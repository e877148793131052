// One picture opened: the comparison, its variants to take away, and what happened to it.

import type { Config } from "../../client/config.ts";
import { type Details, readDetails } from "../../client/details.ts";
import { asFault } from "../../client/fault.ts";
import { t } from "../../client/language.ts";
import { bytes, formatName, listed, pixels } from "../../client/words.ts";
import type { Times } from "../times.ts";
import { type Merged, merge, preferred } from "../variants.ts";
import { report } from "./announcer.ts";
import { compare } from "./compare.ts";
import { button, byId, el } from "./dom.ts";
import { variantTable } from "./table.ts";
import type { Done } from "./take.ts";
import { timeline } from "./timeline.ts";

/** A picture to open. */
export interface Opened extends Done {
  /** Its public id. */
  id: string | undefined;
  /** The file, unless it was chosen before a reload. */
  file: File | undefined;
  times: Times;
  /** Deletes the picture for good. Throws a `Fault`. */
  erase(): Promise<void>;
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
  const first = preferred(outcome.original, variants);
  if (first) show(first);
  const table = variantTable({ name, original: outcome.original, variants }, first, show);
  const more = el("div", { class: "detail-more" });
  dialog.replaceChildren(
    head(picture, () => dialog.close()),
    frame,
    table,
    more,
  );
  dialog.addEventListener("close", () => local && URL.revokeObjectURL(local), { once: true });
  dialog.showModal();
  void showDetails(more, config, picture).then(() => more.append(eraser(picture, () => dialog.close())));
}

/** A button that deletes, once it has been pressed a second time. */
function eraser({ name, erase }: Opened, close: () => void): HTMLElement {
  let isSure = false;
  const { element, label } = button(t("detail.delete"), name, () => {
    if (!isSure) {
      isSure = true;
      label.data = t("detail.sure");
      return;
    }
    void report(element, () => erase().then(close));
  });
  element.classList.add("is-danger");
  return element;
}

function head({ name, outcome: { original } }: Opened, close: () => void): HTMLElement {
  const facts = [pixels(original), formatName(original.format), bytes(original.bytes)];
  return el(
    "div",
    { class: "detail-head" },
    el(
      "div",
      {},
      el("h2", { id: "detail-title", dir: "auto" }, name),
      el("p", {}, t("detail.original", { facts: facts.join(" · ") })),
    ),
    button(t("detail.close"), name, close).element,
  );
}

/** What the manifest knows comes a moment later, or the reason why it does not. */
async function showDetails(more: HTMLElement, config: Config, { id, name, times }: Opened): Promise<void> {
  if (!id) return;
  let details: Details;
  try {
    details = await readDetails(config.publicUrl, id);
  } catch (error) {
    const { message, advice } = asFault(error);
    return more.replaceChildren(el("p", {}, `${message} ${advice}`));
  }
  const { html } = details;
  const copy = button(t("detail.markup"), name, () =>
    report(copy.element, () => navigator.clipboard.writeText(html)),
  );
  const code = el("details", {}, el("summary", {}, t("detail.code")), el("pre", { tabindex: "0" }, html));
  more.replaceChildren(...(html ? [copy.element, code] : []), timeline(times, details));
}

function frameOf(
  { name, outcome }: Opened,
  variant: Merged,
  local: string | undefined,
  show: (variant: Merged, before?: string) => void,
): HTMLElement {
  const largest = merge(outcome.variants).reduce((one, other) => (other.width > one.width ? other : one));
  // The original is private: without the file, or where the browser cannot show it, the engine's largest picture stands in.
  const before = local
    ? { url: local, label: t("compare.original") }
    : { url: largest.url, label: t("compare.standin", { preset: largest.presets[0] ?? "" }) };
  return compare({
    name,
    before,
    after: { url: variant.url, label: listed(variant.presets) },
    thumbhash: outcome.thumbhash,
    width: variant.width,
    height: variant.height,
    blank: () => local && show(variant, ""),
  });
}
