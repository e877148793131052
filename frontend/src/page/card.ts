import { isFinal, type State } from "../state.ts";
import { bytes, plural } from "../words.ts";
import { button, el } from "./dom.ts";
import { gallery } from "./gallery.ts";

/** What a card's buttons do. */
export interface CardActions {
  retry(): void;
  remove(): void;
}

/** One upload in the list. */
export interface Card {
  element: HTMLElement;
  show(state: State): void;
  /** Frees what the card holds; it must not be shown any more. */
  close(): void;
}

/** A card for a file. */
export function newCard(file: File, actions: CardActions): Card {
  const preview = URL.createObjectURL(file);
  const peek = el("img", { class: "peek", alt: "", src: preview, decoding: "async" });
  peek.addEventListener("error", () => peek.remove()); // not a picture, or none this browser knows
  const status = el("p", { class: "status" });
  const progress = el("progress", { max: "1", "aria-label": `Upload of ${file.name}` });
  const retry = button("Retry", file.name, actions.retry);
  const remove = button("Cancel", file.name, actions.remove);
  const body = el("div", { class: "body" });
  const element = el(
    "li",
    { class: "card", tabindex: "-1" },
    el(
      "div",
      { class: "head" },
      peek,
      el("div", { class: "title" }, el("h3", {}, file.name), status),
      el("div", { class: "actions" }, retry.element, remove.element),
    ),
    progress,
    body,
  );

  return {
    element,
    show(state) {
      element.dataset.step = state.step === "settled" ? state.outcome.outcome : state.step;
      status.textContent = statusLine(file, state);
      progress.hidden = isFinal(state);
      if (state.step === "uploading") progress.value = state.fraction;
      else progress.removeAttribute("value");
      retry.element.hidden = state.step !== "failed";
      remove.label.data = isFinal(state) ? "Remove" : "Cancel";
      body.replaceChildren(...details(file, preview, state));
    },
    close() {
      URL.revokeObjectURL(preview);
      element.remove();
    },
  };
}

/** One line that says where an upload stands. */
export function statusLine(file: File, state: State): string {
  switch (state.step) {
    case "queued":
      return `Waiting for its turn · ${bytes(file.size)}`;
    case "uploading":
      return `Uploading · ${Math.floor(state.fraction * 100)}% of ${bytes(file.size)}`;
    case "rendering":
      return state.slow ? "Rendering · it takes longer than usual, but nothing is lost" : "Rendering";
    case "failed":
      return "Failed";
    case "settled":
      switch (state.outcome.outcome) {
        case "ready":
          return `Ready · ${plural(state.outcome.variants.length, "variant")}`;
        case "rejected":
          return "Rejected";
        case "removed":
          return "Removed";
      }
  }
}

/** What is to be said beyond the status: the reason, the advice. Empty when the status says it all. */
export function explanation(state: State): string[] {
  if (state.step === "failed") return [state.fault.message, state.fault.advice];
  if (state.step !== "settled" || state.outcome.outcome === "ready") return [];
  if (state.outcome.outcome === "removed") {
    return [
      "The original was deleted from its bucket, and its variants with it.",
      "Upload it again if you need it.",
    ];
  }
  return [state.outcome.reason, "Choose another file, or save this one anew as a JPEG or PNG."];
}

function details(file: File, preview: string, state: State): HTMLElement[] {
  if (state.step === "settled" && state.outcome.outcome === "ready") {
    return [gallery({ name: file.name, preview, ...state.outcome })];
  }
  return explanation(state).map((line) => el("p", {}, line));
}
