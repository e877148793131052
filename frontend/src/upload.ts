import { backoff, jittered, pause } from "./backoff.ts";
import type { Config } from "./config.ts";
import { asFault, Fault } from "./fault.ts";
import { type Following, follow } from "./follow.ts";
import type { Guests } from "./guest.ts";
import { publicId, uploadKey } from "./key.ts";
import { readManifest } from "./manifest.ts";
import type { Watch } from "./notices.ts";
import { put } from "./put.ts";
import type { Queue } from "./queue.ts";
import { type Event, next, type State } from "./state.ts";
import { bytes } from "./words.ts";

/** What all uploads of a page share. */
export interface Darkroom {
  config: Config;
  guests: Guests;
  watch: Watch;
  queue: Queue;
}

/** One file on its way. */
export interface Upload {
  file: File;
  retry(): void;
  /** Stops it, wherever it stands; nothing is reported afterwards. */
  cancel(): void;
}

/** The renderer's own cap (`Limits::max_bytes` of darkroom-imaging): more would only be rejected after a long upload. */
export const MAX_BYTES = 256 * 1024 * 1024;

/** PUTs of one try; each later one waits longer, up to a few seconds. */
const PUTS = 4;

/** Brings a file to its outcome. `changed` hears of every new state, beginning with "queued". */
export function startUpload(darkroom: Darkroom, file: File, changed: (state: State) => void): Upload {
  const cancelled = new AbortController();
  let state: State = { step: "queued" };
  let following: Following | undefined;
  let storedId: string | undefined;

  const dispatch = (event: Event) => {
    const after = next(state, event);
    if (after === state || cancelled.signal.aborted) return;
    state = after;
    changed(state);
  };
  const followId = (id: string) => {
    following?.stop();
    following = follow(id, {
      watch: darkroom.watch,
      read: (watched, signal) => readManifest(darkroom.config.publicUrl, watched, signal),
      settled: (outcome) => dispatch({ type: "settled", outcome }),
      slow: () => dispatch({ type: "slow" }),
      gaveUp: () => dispatch({ type: "failed", fault: noOutcome() }),
    });
    return following;
  };
  const send = async () => {
    if (cancelled.signal.aborted) return;
    dispatch({ type: "started" });
    try {
      await check(file);
      const { identityId } = await darkroom.guests.current();
      const key = uploadKey(identityId, crypto.randomUUID(), file.name);
      const id = await publicId(key);
      const followed = followId(id); // before the upload, so that no notice is missed
      await putPatiently(darkroom, key, file, dispatch, cancelled.signal);
      storedId = id;
      dispatch({ type: "stored" });
      followed.stored();
    } catch (error) {
      following?.stop();
      dispatch({ type: "failed", fault: asFault(error) });
    }
  };

  changed(state);
  darkroom.queue(send);
  return {
    file,
    retry() {
      dispatch({ type: "retried" });
      if (state.step === "rendering" && storedId) followId(storedId).stored();
      else if (state.step === "queued") darkroom.queue(send);
    },
    cancel() {
      cancelled.abort();
      following?.stop();
    },
  };
}

/** Throws a `Fault` for what need not be tried: a file too large, or one that cannot be read, as a folder cannot. */
async function check(file: File): Promise<void> {
  if (file.size > MAX_BYTES) {
    throw new Fault(
      `The file has ${bytes(file.size)}; at most ${bytes(MAX_BYTES)} are accepted.`,
      "Choose a smaller picture, or save this one with a lower quality or size.",
    );
  }
  try {
    await file.slice(0, 1).arrayBuffer();
  } catch {
    throw new Fault(
      "The file could not be read.",
      "If it is a folder, choose the pictures in it. If it was moved, choose it again.",
    );
  }
}

function noOutcome(): Fault {
  return new Fault(
    "The picture is uploaded, but nothing was heard of it for ten minutes.",
    "Check again in a while. If that does not help, upload it again.",
  );
}

/** PUTs until it is stored, with new credentials or after a pause where that may help. Throws a `Fault`. */
async function putPatiently(
  { config, guests }: Darkroom,
  key: string,
  file: File,
  dispatch: (event: Event) => void,
  signal: AbortSignal,
): Promise<void> {
  for (let tries = 0; tries < PUTS && !signal.aborted; tries += 1) {
    if (tries > 0) await pause(jittered(backoff(tries, 500, 4000)), signal);
    const guest = await guests.current();
    const sent = (fraction: number) => dispatch({ type: "sent", fraction });
    const answer = await put(config, guest, key, file, sent, signal);
    if (answer === "stored") return;
    if (answer instanceof Fault) throw answer;
    if (answer === "expired") guests.forget();
  }
  throw new Fault("The upload did not get through.", "Check the network connection, then retry.");
}
