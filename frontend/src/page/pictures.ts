// The pictures of the list: chosen, on their way, kept over a reload, and gone again. Nothing is drawn here.

import { Fault } from "../../client/fault.ts";
import { removeOriginal } from "../../client/remove.ts";
import { type Darkroom, type Heard, resumeUpload, startUpload } from "../../client/upload.ts";
import type { Records } from "../records.ts";
import { reread } from "../reread.ts";
import { stamped } from "../times.ts";
import { type Chosen, chosenItem, type Item, isUnfinished, keptItem, toKeep } from "./item.ts";

/** All pictures, in the order in which they were chosen. */
export interface Pictures {
  all(): Item[];
  /** Uploads files, in their order. A file that an unfinished upload waits for continues it. */
  add(chosen: Chosen[]): void;
  /** Takes back what was there before a reload. */
  recall(): Promise<void>;
  /** Stops a picture and forgets it; what is stored stays stored. */
  drop(item: Item): void;
  /** Deletes the original and its variants. Throws a `Fault`. */
  erase(item: Item): Promise<void>;
}

/** Milliseconds in a day. */
const DAY_MS = 86_400_000;

/** No pictures yet. `changed` hears whenever an item has another state. */
export function newPictures(darkroom: Darkroom, records: Records, changed: (item: Item) => void): Pictures {
  let items: Item[] = [];

  const hear = (item: Item): Heard => ({
    changed(state) {
      item.state = state;
      item.times = stamped(item.times, state, performance.now());
      if (state.step === "failed" && state.fault.parts.file) records.remove(item.at); // nothing to go on with
      changed(item);
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

  return {
    all: () => items,
    add(chosen) {
      const start = Math.max(Date.now(), (items.at(-1)?.at ?? 0) + 1);
      for (const [number, one] of chosen.entries()) {
        const { file, path } = one;
        let item = items.find(
          (other) => isUnfinished(other) && other.name === path && other.size === file.size,
        );
        if (!item) {
          item = chosenItem(one, start + number / 1000); // distinct, and in order
          items.push(item);
        }
        begin(item, file);
      }
    },
    async recall() {
      for (const kept of await records.all(Date.now() - darkroom.config.guestDays * DAY_MS)) {
        const item = keptItem(kept);
        item.upload = { retry: () => void goOn(item, true), cancel() {} };
        items.push(item);
        if (kept.isStored && kept.id) item.upload = resumeUpload(darkroom, kept.id, hear(item));
        else void goOn(item, false);
      }
    },
    drop(item) {
      item.upload?.cancel();
      records.remove(item.at);
      items = items.filter((other) => other !== item);
    },
    async erase({ id, uploadId, name }) {
      if (!id || !uploadId) throw new Fault("not_yours");
      await removeOriginal(darkroom, { id, uploadId, name });
    },
  };
}
