import { backoff, jittered, pause } from "./backoff.ts";
import { check } from "./check.ts";
import type { Config } from "./config.ts";
import { asFault, Fault } from "./fault.ts";
import { type Following, follow } from "./follow.ts";
import type { Guest, Guests } from "./guest.ts";
import { publicId, uploadKey } from "./key.ts";
import { readManifest } from "./manifest.ts";
import type { Network } from "./network.ts";
import type { Watch } from "./notices.ts";
import type { Pulse } from "./pulse.ts";
import { put } from "./put.ts";
import type { Queue } from "./queue.ts";
import { type Event, next, type State } from "./state.ts";

/** What all uploads of a page share. */
export interface Darkroom {
  config: Config;
  guests: Guests;
  watch: Watch;
  pulse: Pulse;
  queue: Queue;
  network: Network;
}

/** One file on its way. */
export interface Upload {
  retry(): void;
  /** Stops it, wherever it stands; nothing is reported afterwards. */
  cancel(): void;
}

/** PUTs of one try; each later one waits longer, up to a few seconds. */
const PUTS = 4;

/** What the page hears of an upload. */
export interface Heard {
  /** Every new state, beginning with "queued". */
  changed(state: State): void;
  /**
   * The public id, before the first byte is sent, and again with `isStored` once the original is in the
   * bucket. `uploadId` is the random number in its key: with the identity id it is the permission to remove it.
   */
  named(id: string, isStored: boolean, uploadId: string): void;
}

/** An upload from before a reload: the original is stored, only its outcome is not known here. */
export function resumeUpload(darkroom: Darkroom, id: string, heard: Heard): Upload {
  return run(darkroom, undefined, id, heard);
}

/** Brings a file to its outcome. */
export function startUpload(darkroom: Darkroom, file: File, heard: Heard): Upload {
  return run(darkroom, file, undefined, heard);
}

function run(darkroom: Darkroom, file: File | undefined, known: string | undefined, heard: Heard): Upload {
  const cancelled = new AbortController();
  let state: State = known ? { step: "rendering", slow: false } : { step: "queued" };
  let following: Following | undefined;
  let storedId = known;

  const dispatch = (event: Event) => {
    const after = next(state, event);
    if (after === state || cancelled.signal.aborted) return;
    state = after;
    heard.changed(state);
  };
  const followId = (id: string) => {
    following?.stop();
    following = follow(id, {
      watch: darkroom.watch,
      pulse: darkroom.pulse,
      read: (watched, signal) => readManifest(darkroom.config.publicUrl, watched, signal),
      settled: (outcome) => dispatch({ type: "settled", outcome }),
      slow: () => dispatch({ type: "slow" }),
      gaveUp: () => dispatch({ type: "failed", fault: new Fault("no_outcome") }),
    });
    return following;
  };
  const send = async () => {
    if (cancelled.signal.aborted || !file) return;
    try {
      await check(file, darkroom.config.accepts);
      await connected(darkroom.network, dispatch, cancelled.signal);
      dispatch({ type: "started" });
      const { identityId } = await patiently(darkroom, dispatch, cancelled.signal);
      const uploadId = crypto.randomUUID();
      const key = uploadKey(identityId, uploadId, file.name);
      const id = await publicId(key);
      heard.named(id, false, uploadId);
      const followed = followId(id); // before the upload, so that no notice is missed
      await putPatiently(darkroom, key, file, dispatch, cancelled.signal);
      if (cancelled.signal.aborted) return following?.stop();
      storedId = id;
      heard.named(id, true, uploadId);
      dispatch({ type: "stored" });
      followed.stored();
    } catch (error) {
      following?.stop();
      dispatch({ type: "failed", fault: asFault(error) });
    }
  };

  /** Most uploads from before a reload are long done: one look at the manifest spares them the socket. */
  const recall = async () => {
    if (cancelled.signal.aborted || !known) return;
    const outcome = await readManifest(darkroom.config.publicUrl, known, cancelled.signal);
    if (outcome) dispatch({ type: "settled", outcome });
    else if (!cancelled.signal.aborted) followId(known).stored();
  };

  heard.changed(state);
  if (known) darkroom.queue.add(recall);
  else darkroom.queue.add(send);
  return {
    retry() {
      dispatch({ type: "retried" });
      if (state.step === "rendering" && storedId) followId(storedId).stored();
      else if (state.step === "queued") darkroom.queue.add(send);
    },
    cancel() {
      cancelled.abort();
      following?.stop();
    },
  };
}

/** Waits until the network is up, and says so while it does. */
async function connected(
  network: Network,
  dispatch: (event: Event) => void,
  signal: AbortSignal,
): Promise<void> {
  if (network.isUp()) return;
  dispatch({ type: "cut off" });
  await network.up(signal);
  dispatch({ type: "started" });
}

/** The guest; a network that is down is waited for. Throws a `Fault`. */
async function patiently(
  { guests, network }: Darkroom,
  dispatch: (event: Event) => void,
  signal: AbortSignal,
): Promise<Guest> {
  for (;;) {
    try {
      return await guests.current();
    } catch (error) {
      const isDown = error instanceof Fault && error.parts.network && !(await network.doubt());
      if (!isDown || signal.aborted) throw error;
      await connected(network, dispatch, signal);
    }
  }
}

/** PUTs until it is stored, with new credentials or after a pause where that may help. Throws a `Fault`. */
async function putPatiently(
  darkroom: Darkroom,
  key: string,
  file: File,
  dispatch: (event: Event) => void,
  signal: AbortSignal,
): Promise<void> {
  let wasDenied = false;
  for (let tries = 0; tries < PUTS && !signal.aborted; tries += 1) {
    if (tries > 0) await pause(jittered(backoff(tries, 500, 4000)), signal);
    const guest = await patiently(darkroom, dispatch, signal);
    const sent = (fraction: number) => dispatch({ type: "sent", fraction });
    const answer = await put(darkroom.config, guest, key, file, sent, signal);
    if (answer === "stored") return;
    if (answer instanceof Fault) throw answer;
    if (answer === "denied" && wasDenied) throw darkroom.guests.refuse("AccessDenied");
    wasDenied ||= answer === "denied";
    if (answer === "expired" || answer === "denied") darkroom.guests.forget();
    if (answer === "again" && !signal.aborted && !(await darkroom.network.doubt())) {
      await connected(darkroom.network, dispatch, signal);
      tries = -1; // the network was at fault, not the upload
    }
  }
  throw new Fault("not_through");
}
