import { asFault, Fault } from "../../client/fault.ts";
import { t } from "../../client/language.ts";
import { removeOriginal } from "../../client/remove.ts";
import { isFinal } from "../../client/state.ts";
import { type Darkroom, type Heard, resumeUpload, startUpload } from "../../client/upload.ts";
import { count, ending } from "../batch.ts";
import { newPace } from "../pace.ts";
import type { Records } from "../records.ts";
import { reread } from "../reread.ts";
import { isRetriable, wouldBeLost } from "../sentences.ts";
import { stamped } from "../times.ts";
import { arranged } from "../view.ts";
import { announce } from "./announcer.ts";
import { newBar } from "./bar.ts";
import { openDetail } from "./detail.ts";
import { byId } from "./dom.ts";
import { type Chosen, chosenItem, type Item, isUnfinished, keptItem, toKeep } from "./item.ts";
import { newRow } from "./row.ts";
import { newRows } from "./rows.ts";
import { type Done, downloadAll } from "./take.ts";
import { newTools } from "./tools.ts";
import { showFault } from "./trouble.ts";

/** The page's list. */
export interface List {
  /** Uploads files, in their order. */
  add(chosen: Chosen[]): void;
}

/** Milliseconds in a day. */
const DAY_MS = 86_400_000;

/** The list, with what `records` kept from before a reload. Order chosen is order worked is order shown. */
export async function newList(darkroom: Darkroom, records: Records): Promise<List> {
  let items: Item[] = [];
  let unspoken: Item[] = []; // whose end is still to be announced

  const rows = newRows<Item>(byId("rows"), (item) =>
    newRow(item, { open: () => open(item), retry: () => item.upload?.retry(), remove: () => cancel(item) }),
  );
  const showCounts = newBar({
    pause: (isPaused) => {
      if (isPaused) darkroom.queue.pause();
      else darkroom.queue.resume();
      refresh();
    },
    retry: () => {
      for (const item of items.filter(({ state }) => isRetriable(state))) item.upload?.retry();
    },
    clear: () => {
      for (const item of items.filter(({ state }) => isFinal(state))) drop(item);
      byId("picker").focus();
      refresh();
    },
    download: async (progress) => {
      const done = items.flatMap(({ name, state }): Done[] =>
        state.step === "settled" && state.outcome.outcome === "ready"
          ? [{ name, outcome: state.outcome }]
          : [],
      );
      await downloadAll(done, progress).catch((error: unknown) => {
        showFault(new Fault("packing", { details: String(error) }));
      });
    },
  });

  const tools = newTools(() => refresh());
  const pace = newPace();

  const refresh = () => {
    const shown = arranged(items, tools.view());
    const counts = count(items);
    rows.draw(shown);
    tools.show(items.length, shown.length);
    showCounts(counts, pace(counts, performance.now()));
    if (unspoken.length === 0 || unspoken.some(({ state }) => !isFinal(state))) return;
    announce(ending(unspoken));
    unspoken = [];
  };
  const drop = (item: Item) => {
    item.upload?.cancel();
    records.remove(item.at);
    items = items.filter((other) => other !== item);
    unspoken = unspoken.filter((other) => other !== item);
  };
  /** Deletes the original and its variants, then leaves the list. Throws a `Fault`. */
  const erase = async (item: Item) => {
    const { id, uploadId, name } = item;
    if (!id || !uploadId) throw new Fault("not_yours");
    await removeOriginal(darkroom, { id, uploadId, name });
    if (items.includes(item)) remove(item);
    announce(t("detail.deleted", { name }));
  };
  /** Stops a picture on its way; one that is stored already is deleted. */
  const cancel = (item: Item) => {
    const isStored = item.state.step === "rendering" && item.uploadId;
    remove(item);
    if (isStored) erase(item).catch((error: unknown) => showFault(asFault(error)));
  };
  const remove = (item: Item) => {
    const at = arranged(items, tools.view()).indexOf(item);
    drop(item);
    refresh();
    // Keyboard and screen reader go on where they were.
    const left = arranged(items, tools.view());
    const near = left[at] ?? left[at - 1];
    if (near) rows.focus(near);
    else byId("picker").focus();
  };
  const open = (item: Item) => {
    const { state } = item;
    if (state.step !== "settled" || state.outcome.outcome !== "ready") return;
    openDetail(darkroom.config, { ...item, outcome: state.outcome, erase: () => erase(item) });
  };
  const hear = (item: Item): Heard => ({
    changed(state) {
      item.state = state;
      item.times = stamped(item.times, state, performance.now());
      if (state.step === "failed" && state.fault.parts.shared) showFault(state.fault);
      if (state.step === "failed" && state.fault.parts.file) records.remove(item.at); // nothing to go on with
      if (!isFinal(state) && !unspoken.includes(item)) unspoken.push(item);
      refresh();
    },
    named(id, isStored, uploadId) {
      if (!items.includes(item)) return; // cancelled meanwhile
      Object.assign(item, { id, uploadId });
      records.put(toKeep(item, isStored));
    },
  });
  /** Uploads the file of an item: for the first time, or after a reload that came in between. */
  const begin = (item: Item, file: File) => {
    item.file = file;
    records.put(toKeep(item, false));
    item.upload = startUpload(darkroom, file, hear(item));
  };
  /** Goes on with an unfinished upload, if the browser lets the page read its file again. */
  const goOn = async (item: Item, mayAsk: boolean) => {
    const file = item.handle && (await reread(item.handle, mayAsk));
    if (file && items.includes(item) && isUnfinished(item)) begin(item, file);
  };

  for (const kept of await records.all(Date.now() - darkroom.config.guestDays * DAY_MS)) {
    const item = keptItem(kept);
    item.upload = { retry: () => void goOn(item, true), cancel() {} };
    items.push(item);
    if (kept.isStored && kept.id) item.upload = resumeUpload(darkroom, kept.id, hear(item));
    else void goOn(item, false);
  }
  refresh();
  addEventListener("beforeunload", (event) => {
    if (items.some(({ state }) => wouldBeLost(state))) event.preventDefault();
  });

  return {
    add(chosen) {
      if (chosen.length === 0) return;
      announce(t("add.added", { count: chosen.length }));
      const start = Math.max(Date.now(), (items.at(-1)?.at ?? 0) + 1);
      for (const [number, one] of chosen.entries()) {
        const { file, path } = one;
        const same = items.find(
          (item) => isUnfinished(item) && item.name === path && item.size === file.size,
        );
        if (same) {
          begin(same, file);
          continue;
        }
        const item = chosenItem(one, start + number / 1000); // distinct, and in order
        items.push(item);
        begin(item, file);
      }
    },
  };
}
