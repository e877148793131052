// One line of the list: as it is chosen, as it is kept over a reload, and as it comes back.

import { Fault } from "../../client/fault.ts";
import type { Upload } from "../../client/upload.ts";
import type { Picture } from "../batch.ts";
import type { Kept } from "../records.ts";
import type { FileHandle } from "../reread.ts";
import type { Times } from "../times.ts";

/** A file as it was chosen; its path in the folder it came from, if it came from one. */
export interface Chosen {
  file: File;
  path: string;
  /** Reads the file again after a reload, where the browser gives such a handle. */
  handle?: FileHandle | undefined;
}

/** One line of the list. */
export interface Item extends Picture {
  upload: Upload | undefined;
  file: File | undefined;
  handle: FileHandle | undefined;
  id: string | undefined;
  uploadId: string | undefined;
  at: number;
  times: Times;
}

/** A line for a file that was just chosen; `at` is its place in the list. */
export function chosenItem({ file, path, handle }: Chosen, at: number): Item {
  return {
    name: path,
    size: file.size,
    file,
    handle,
    at,
    id: undefined,
    uploadId: undefined,
    upload: undefined,
    state: { step: "queued" },
    times: { chosen: performance.now() },
  };
}

/** A line from before a reload: its outcome is awaited, or it stands still until its file is there again. */
export function keptItem({ at, name, size, isStored, id, uploadId, handle }: Kept): Item {
  return {
    at,
    name,
    size,
    id,
    uploadId,
    handle,
    file: undefined,
    upload: undefined,
    state: isStored
      ? { step: "rendering", slow: false }
      : { step: "failed", stored: false, fault: unfinished(handle !== undefined) },
    times: { chosen: 0 }, // the page's clock began again
  };
}

/** What is kept of a line. A file that is stored need not be read again. */
export function toKeep({ at, name, size, id, uploadId, handle }: Item, isStored: boolean): Kept {
  const ids = id && uploadId ? { id, uploadId } : {};
  return { at, name, size, isStored, ...ids, ...(handle && !isStored ? { handle } : {}) };
}

/** Why an upload from before a reload stands still. With a handle a press of Retry is enough. */
function unfinished(hasHandle: boolean): Fault {
  return hasHandle
    ? new Fault("unfinished", { advice: "read_again" })
    : new Fault("unfinished", { file: true });
}

/** Whether a line waits for its file. */
export function isUnfinished({ state }: Item): boolean {
  return state.step === "failed" && state.fault.code === "unfinished";
}
