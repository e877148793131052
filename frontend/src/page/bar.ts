import { plural } from "../../client/words.ts";
import { type Counts, summary, transfer } from "../batch.ts";
import { byId } from "./dom.ts";

/** What the bar's buttons do. */
export interface BarActions {
  pause(isPaused: boolean): void;
  retry(): void;
  clear(): void;
  download(progress: (fraction: number) => void): Promise<void>;
}

/** The bar above the list. Returns how to show counts in it. */
export function newBar(actions: BarActions): (counts: Counts) => void {
  let isPaused = false;
  let isZipping = false;
  const on = (id: string, pressed: () => void) => byId(id).addEventListener("click", pressed);
  on("pause", () => {
    isPaused = !isPaused;
    byId("pause").textContent = isPaused ? "Resume" : "Pause";
    actions.pause(isPaused);
  });
  on("retry-failed", actions.retry);
  on("clear", actions.clear);
  on("download-all", async () => {
    if (isZipping) return;
    isZipping = true;
    const button = byId("download-all");
    try {
      await actions.download((fraction) => {
        button.textContent = `Packing ${Math.floor(fraction * 100)}%`;
      });
    } finally {
      isZipping = false;
      button.textContent = "Download all";
    }
  });

  return (counts) => {
    byId("uploads").hidden = counts.all === 0;
    byId("summary").textContent = [
      isPaused && counts.open > 0 ? "Paused" : "",
      summary(counts),
      transfer(counts),
    ]
      .filter((part) => part)
      .join(" · ");
    const progress = byId("progress") as HTMLProgressElement;
    progress.value =
      counts.bytes > 0 ? (counts.sent / counts.bytes) * 0.5 + (1 - counts.open / counts.all) * 0.5 : 1;
    progress.style.visibility = counts.open > 0 ? "visible" : "hidden"; // its place stays
    byId("pause").hidden = counts.open === 0;
    byId("retry-failed").hidden = counts.failed === 0;
    byId("clear").hidden = counts.open === counts.all;
    byId("download-all").hidden = counts.ready === 0;
    const done = counts.all - counts.open;
    document.title = counts.open > 0 ? `${done} of ${counts.all} · Darkroom` : "Darkroom";
    byId("offline-count").textContent =
      counts.open > 0 ? `${plural(counts.open, "picture")} will go on when the connection is back.` : "";
  };
}
