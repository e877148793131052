import { asFault } from "../../client/fault.ts";
import { t } from "../../client/language.ts";
import { byId, el } from "./dom.ts";

/** Screen readers have read a line by then; leaving it longer would clutter the page when it is browsed by line. */
const KEPT_MS = 20_000;

/** Milliseconds that a note stays beside its button. */
const NOTE_MS = 2500;

/** Says something to people who do not see the page. Lines that come together are read one after the other. */
export function announce(line: string): void {
  const element = el("p", {}, line);
  byId("announcer").append(element);
  setTimeout(() => element.remove(), KEPT_MS);
}

/** Does what a button promises, and says beside it how that went. */
export async function report(beside: HTMLElement, work: () => Promise<void>): Promise<void> {
  let words = t("detail.done");
  try {
    await work();
  } catch (error) {
    words = t("detail.not", { reason: asFault(error).message });
  }
  announce(words);
  const note = el("span", { class: "note", "aria-hidden": "true" }, words);
  beside.after(note);
  setTimeout(() => note.remove(), NOTE_MS);
}
