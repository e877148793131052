import { isFinal, type State } from "../state.ts";
import { type Darkroom, startUpload } from "../upload.ts";
import { plural } from "../words.ts";
import { announce } from "./announcer.ts";
import { type Card, explanation, newCard, statusLine } from "./card.ts";
import { byId } from "./dom.ts";

/** Starts an upload for each file and keeps the list on the page; the newest comes first. */
export function newList(darkroom: Darkroom): (files: File[]) => void {
  const steps = new Map<Card, State["step"]>();

  const summarize = () => {
    const all = [...steps.values()];
    const done = all.filter((step) => step === "settled").length;
    byId("uploads").hidden = all.length === 0;
    byId("summary").textContent = `${done} of ${plural(all.length, "picture")} done`;
    document.title = done < all.length ? `${done} of ${all.length} · Darkroom` : "Darkroom";
  };

  const add = (file: File) => {
    const card = newCard(file, {
      retry() {
        upload.retry();
        card.element.focus(); // its button is gone
      },
      remove() {
        upload.cancel();
        steps.delete(card);
        // Keyboard and screen reader go on where they were.
        const near = card.element.nextElementSibling ?? card.element.previousElementSibling;
        card.close();
        (near instanceof HTMLElement ? near : byId("picker")).focus();
        summarize();
      },
    });
    byId("cards").prepend(card.element);
    const upload = startUpload(darkroom, file, (state) => {
      card.show(state);
      steps.set(card, state.step);
      if (isFinal(state)) {
        announce([`${file.name}: ${statusLine(file, state)}`, ...explanation(state)].join(". "));
      }
      summarize();
    });
  };

  return (files) => {
    if (files.length === 0) return;
    announce(`${plural(files.length, "picture")} added`);
    files.forEach(add);
  };
}
