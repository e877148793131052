import { t } from "../../client/language.ts";
import { duration, percent } from "../../client/words.ts";
import { type Counts, summary, transfer } from "../batch.ts";
import { rounded } from "../pace.ts";
import { byId } from "./dom.ts";

/** What the bar's buttons do. */
export interface BarActions {
  pause(isPaused: boolean): void;
  retry(): void;
  clear(): void;
  download(progress: (fraction: number) => void): Promise<void>;
}

/** The bar above the list. Returns how to show counts in it. */
export function newBar(actions: BarActions): (counts: Counts, left: number | undefined) => void {
  const title = document.title;
  let isPaused = false;
  let isZipping = false;
  const on = (id: string, pressed: () => void) => byId(id).addEventListener("click", pressed);
  on("pause", () => {
    isPaused = !isPaused;
    byId("pause").textContent = t(isPaused ? "bar.resume" : "bar.pause");
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
        button.textContent = t("bar.packing", { percent: percent(fraction) });
      });
    } finally {
      isZipping = false;
      button.textContent = t("bar.download");
    }
  });

  return (counts, left) => {
    byId("uploads").hidden = counts.all === 0;
    byId("summary").textContent = [
      isPaused && counts.open > 0 ? t("bar.paused") : "",
      summary(counts),
      transfer(counts),
      left === undefined || isPaused ? "" : t("bar.left", { duration: duration(rounded(left)) }),
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
    document.title = counts.open > 0 ? t("page.progress", { done, all: counts.all, title }) : title;
    byId("offline-count").textContent = counts.open > 0 ? t("offline.waiting", { count: counts.open }) : "";
  };
}
