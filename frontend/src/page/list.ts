import { asFault, Fault } from "../../client/fault.ts";
import { t } from "../../client/language.ts";
import { isFinal } from "../../client/state.ts";
import type { Darkroom } from "../../client/upload.ts";
import { count } from "../batch.ts";
import { newPace } from "../pace.ts";
import type { Records } from "../records.ts";
import { isRetriable, wouldBeLost } from "../sentences.ts";
import { atMostEvery } from "../steady.ts";
import { arranged } from "../view.ts";
import { announce } from "./announcer.ts";
import { type BarActions, newBar } from "./bar.ts";
import { openDetail } from "./detail.ts";
import { byId } from "./dom.ts";
import { newEndings } from "./endings.ts";
import type { Chosen, Item } from "./item.ts";
import { newPictures, type Pictures } from "./pictures.ts";
import { newRow } from "./row.ts";
import { newRows } from "./rows.ts";
import { type Done, downloadAll } from "./take.ts";
import { newTools } from "./tools.ts";
import { hideFault, showFault } from "./trouble.ts";

/** The page's list. */
export interface List {
  /** Uploads files, in their order. */
  add(chosen: Chosen[]): void;
}

/** Milliseconds between two drawings of the list while uploads and results change it. */
const DRAWN_MS = 100;

/** The list, with what `records` kept from before a reload. Order chosen is order worked is order shown. */
export async function newList(darkroom: Darkroom, records: Records): Promise<List> {
  const endings = newEndings(announce);
  const pictures = newPictures(darkroom, records, (item) => {
    const { state } = item;
    if (state.step === "failed" && state.fault.parts.shared) showFault(state.fault);
    if (state.step === "rendering") hideFault(); // an upload got through: nothing is everyone's fault now
    if (!isFinal(state)) endings.await(item);
    drawSoon();
  });
  const rows = newRows<Item>(byId("rows"), (item) =>
    newRow(item, { open: () => open(item), retry: () => item.upload?.retry(), remove: () => cancel(item) }),
  );
  const tools = newTools(() => draw());
  const pace = newPace();
  const forget = (item: Item) => {
    pictures.drop(item);
    endings.forget(item);
  };
  const showCounts = newBar(actionsOn(darkroom, pictures, forget, () => draw()));

  const shown = () => arranged(pictures.all(), tools.view());
  const draw = () => {
    const items = pictures.all();
    const now = shown();
    const counts = count(items);
    rows.draw(now);
    tools.show(items.length, now.length);
    showCounts(counts, pace(counts, performance.now()));
    endings.check();
  };
  const drawSoon = atMostEvery(DRAWN_MS, draw);

  const remove = (item: Item) => {
    const at = shown().indexOf(item);
    forget(item);
    draw();
    // Keyboard and screen reader go on where they were.
    const left = shown();
    const near = left[at] ?? left[at - 1];
    if (near) rows.focus(near);
    else byId("picker").focus();
  };
  /** Deletes the original and its variants, then leaves the list. Throws a `Fault`. */
  const erase = async (item: Item) => {
    await pictures.erase(item);
    if (pictures.all().includes(item)) remove(item);
    announce(t("detail.deleted", { name: item.name }));
  };
  /** Stops a picture on its way; one that is stored already is deleted. */
  const cancel = (item: Item) => {
    const isStored = item.state.step === "rendering" && item.uploadId;
    remove(item);
    if (isStored) erase(item).catch((error: unknown) => showFault(asFault(error)));
  };
  const open = (item: Item) => {
    const { state } = item;
    if (state.step !== "settled" || state.outcome.outcome !== "ready") return;
    openDetail(darkroom.config, { ...item, outcome: state.outcome, erase: () => erase(item) });
  };

  await pictures.recall();
  draw();
  addEventListener("beforeunload", (event) => {
    if (pictures.all().some(({ state }) => wouldBeLost(state))) event.preventDefault();
  });
  return {
    add(chosen) {
      if (chosen.length === 0) return;
      announce(t("add.added", { count: chosen.length }));
      pictures.add(chosen);
      draw();
    },
  };
}

/** What the bar's buttons do. */
function actionsOn(
  { queue }: Darkroom,
  pictures: Pictures,
  forget: (item: Item) => void,
  draw: () => void,
): BarActions {
  return {
    pause(isPaused) {
      if (isPaused) queue.pause();
      else queue.resume();
      draw();
    },
    retry() {
      for (const { state, upload } of pictures.all()) if (isRetriable(state)) upload?.retry();
    },
    clear() {
      for (const item of pictures.all()) if (isFinal(item.state)) forget(item);
      byId("picker").focus();
      draw();
    },
    async download(progress) {
      const done = pictures
        .all()
        .flatMap(({ name, state }): Done[] =>
          state.step === "settled" && state.outcome.outcome === "ready"
            ? [{ name, outcome: state.outcome }]
            : [],
        );
      await downloadAll(done, progress).catch((error: unknown) => {
        showFault(new Fault("packing", { details: String(error) }));
      });
    },
  };
}
