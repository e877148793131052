// What a <darkroom-upload> shows. Text goes into text nodes only.

import { t } from "../client/language.ts";
import { isFinal } from "../client/state.ts";
import { el } from "../src/page/dom.ts";
import { explanation, isRetriable, statusLine, stepName } from "../src/sentences.ts";
import { thumbnail } from "../src/variants.ts";
import type { Entry } from "./entry.ts";
import { STYLE } from "./style.ts";

/** Pixels of a thumbnail on a dense screen. */
const THUMB = 96;

/** What the people at the element do. */
export interface Actions {
  add(files: File[]): void;
  retry(entry: Entry): void;
  remove(entry: Entry): void;
}

/** The inside of the element. */
export interface View {
  /** Where the browser shows that the form is not complete. */
  readonly control: HTMLElement;
  /** Writes the fixed texts in the language that is spoken now. */
  speak(): void;
  accept(types: string): void;
  show(entries: readonly Entry[], how: { isEnabled: boolean; isMultiple: boolean }): void;
  /** Says a line to screen readers; `isShown` for everyone. */
  say(line: string, isShown?: boolean): void;
  focus(): void;
}

/** Draws into a shadow root. */
export function newView(root: ShadowRoot, { add, retry, remove }: Actions): View {
  const sheet = new CSSStyleSheet(); // unlike a <style>, no page's policy forbids it
  sheet.replaceSync(STYLE);
  root.adoptedStyleSheets = [sheet];
  const input = el("input", { type: "file", hidden: "" });
  const button = el("button", { type: "button", part: "button" });
  const hint = el("span", { part: "hint", class: "hint" });
  const zone = el("div", { part: "dropzone", class: "zone" }, button, hint, input);
  const list = el("ul", { part: "list" });
  const status = el("p", { role: "status", class: "unseen" });
  root.append(zone, list, status);
  const rows = new Map<Entry, Row>();

  button.addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    add([...(input.files ?? [])]);
    input.value = ""; // so that the same file can be chosen again
  });
  takeDrops(zone, add);

  return {
    control: button,
    speak() {
      button.textContent = t("add.choose");
      hint.textContent = t("element.drop");
    },
    accept(types) {
      input.accept = types;
    },
    show(entries, { isEnabled, isMultiple }) {
      button.disabled = !isEnabled;
      input.multiple = isMultiple;
      for (const [entry, { element }] of rows) {
        if (entries.includes(entry)) continue;
        element.remove();
        rows.delete(entry);
      }
      for (const entry of entries) {
        const row = rows.get(entry) ?? newRow(entry, retry, remove);
        rows.set(entry, row);
        row.show();
        if (!row.element.isConnected) list.append(row.element);
      }
      list.hidden = entries.length === 0;
    },
    say(line, isShown = false) {
      status.classList.toggle("unseen", !isShown);
      status.textContent = line;
    },
    focus: () => button.focus(),
  };
}

interface Row {
  element: HTMLElement;
  show(): void;
}

function newRow(entry: Entry, retry: (entry: Entry) => void, remove: (entry: Entry) => void): Row {
  const { name, size } = entry.file;
  const thumb = el("span", { class: "thumb", "aria-hidden": "true" });
  const status = el("p", { part: "status" });
  const progress = el("progress", { max: "1", "aria-label": name });
  const again = actionButton(t("row.retry"), name, () => retry(entry));
  const away = actionButton(t("row.cancel"), name, () => remove(entry));
  const title = el("p", { dir: "auto", class: "name" }, name);
  const element = el("li", { part: "row" }, thumb, el("div", {}, title, status, progress), again, away);
  let shown: Entry["state"] | undefined;
  return {
    element,
    show() {
      const { state } = entry;
      if (state === shown) return;
      shown = state;
      element.dataset.step = stepName(state);
      status.textContent = [`${statusLine(size, state)}`, ...explanation(state)].join(". ");
      progress.hidden = isFinal(state);
      if (state.step === "uploading") progress.value = state.fraction;
      else progress.removeAttribute("value");
      again.hidden = !isRetriable(state);
      if (away.firstChild) away.firstChild.textContent = t(isFinal(state) ? "row.remove" : "row.cancel");
      if (state.step !== "settled" || state.outcome.outcome !== "ready") return;
      const variant = thumbnail(state.outcome.variants, THUMB);
      if (variant) thumb.replaceChildren(el("img", { alt: "", src: variant.url, decoding: "async" }));
    },
  };
}

/** A button whose name says what it acts on. */
function actionButton(word: string, subject: string, pressed: () => void): HTMLButtonElement {
  const button = el(
    "button",
    { type: "button", part: "action" },
    word,
    el("span", { class: "unseen" }, ` ${subject}`),
  );
  button.addEventListener("click", pressed);
  return button;
}

function takeDrops(zone: HTMLElement, add: (files: File[]) => void): void {
  const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
  zone.addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    zone.classList.add("is-over");
  });
  zone.addEventListener("dragleave", () => zone.classList.remove("is-over"));
  zone.addEventListener("drop", (event) => {
    zone.classList.remove("is-over");
    if (!hasFiles(event)) return;
    event.preventDefault();
    add([...(event.dataTransfer?.files ?? [])]);
  });
}
