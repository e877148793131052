import { t } from "../../client/language.ts";
import { isFinal } from "../../client/state.ts";
import type { Picture } from "../batch.ts";
import { explanation, isRetriable, statusLine, stepName } from "../sentences.ts";
import { thumbnail } from "../variants.ts";
import { button, el } from "./dom.ts";
import { placeholder } from "./placeholder.ts";
import type { Row } from "./rows.ts";

/** Pixels of a row's picture on a dense screen. */
const THUMB = 96;

/** What a row's buttons do. */
export interface RowActions {
  open(): void;
  retry(): void;
  remove(): void;
}

/** One picture in the list. */
export function newRow(picture: Picture, actions: RowActions): Row<Picture> {
  const { name } = picture;
  const kind = /\.([a-z0-9]{1,5})$/i.exec(name)?.[1] ?? "?";
  const thumb = el("div", { class: "thumb", "aria-hidden": "true" }, kind.toUpperCase());
  const status = el("p", { class: "status" });
  const why = el("p", { class: "why" });
  const bar = el("div", { class: "bar", "aria-hidden": "true" });
  const open = button(t("row.compare"), name, actions.open);
  const retry = button(t("row.retry"), name, actions.retry);
  const remove = button(t("row.cancel"), name, actions.remove);
  const title = el("h3", { dir: "auto", title: name }, name);
  open.element.dataset.action = "open";
  retry.element.dataset.action = "retry";
  remove.element.dataset.action = "remove";
  const element = el(
    "li",
    { class: "row", tabindex: "-1" },
    thumb,
    el("div", { class: "title" }, title, status, why),
    el("div", { class: "actions" }, open.element, retry.element, remove.element),
    bar,
  );
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target !== element || open.element.hidden) return;
    event.preventDefault(); // the dialog takes the focus, and this very key would press its first button
    actions.open();
  });
  let shown: Picture["state"] | undefined;

  return {
    element,
    show({ size, state }) {
      if (state === shown) return;
      shown = state;
      element.dataset.step = stepName(state);
      status.textContent = statusLine(size, state);
      why.textContent = explanation(state).join(" ");
      why.title = why.textContent;
      bar.style.scale = `${state.step === "uploading" ? state.fraction : state.step === "rendering" ? 1 : 0} 1`;
      open.element.hidden = stepName(state) !== "ready";
      retry.element.hidden = !isRetriable(state);
      remove.label.data = t(
        isFinal(state) ? "row.remove" : state.step === "rendering" ? "row.delete" : "row.cancel",
      );
      if (state.step === "settled" && state.outcome.outcome === "ready") {
        const variant = thumbnail(state.outcome.variants, THUMB);
        const image = variant && el("img", { alt: "", src: variant.url, decoding: "async" });
        const layers = [placeholder(state.outcome.thumbhash), image].filter((layer) => layer !== undefined);
        if (layers.length > 0) thumb.replaceChildren(...layers);
      }
    },
  };
}
