// Uploading and watching for any application: the same code as the upload page's, without a page.

import type { Config } from "./config.ts";
import { accepted, type DarkroomOptions, openDarkroom } from "./darkroom.ts";
import type { Manifest } from "./document.ts";
import { asFault, type Fault } from "./fault.ts";
import { publicId, uploadKey } from "./key.ts";
import type { Outcome } from "./outcome.ts";
import { signPut } from "./put.ts";
import type { State } from "./state.ts";
import { type Darkroom, resumeUpload, startUpload } from "./upload.ts";
import { fetchManifest } from "./whole.ts";

/** What may be said about one upload. */
export interface UploadOptions {
  /** Stops the upload, or the wait for its outcome. Stopping does not delete an original that is stored. */
  signal?: AbortSignal;
  /** Hears every new state, beginning with "queued"; while "uploading" it says the fraction sent, 0 to 1. */
  onProgress?: (state: State) => void;
}

/** An original in the bucket. */
export interface Uploaded {
  /** The public id. Anyone who has it can see the variants; keep it to watch the upload from elsewhere. */
  id: string;
  /** What became of it. A rejected picture is a result; this is a `Fault` only if no outcome comes. */
  outcome: Promise<Manifest>;
}

/** The outcome of one watched id, or why there is none. */
export type Watched = { id: string; manifest: Manifest } | { id: string; fault: Fault };

/** What happens to any upload of a client. `id` is empty until the upload has one. */
export interface ClientEvent {
  file: File;
  id: string;
  state: State;
}

/** A PUT that may be sent once, within 15 minutes, with these headers unchanged. */
export interface SignedPut {
  /** The public id, to be watched. */
  id: string;
  url: string;
  headers: Record<string, string>;
}

/** Uploads to one stack. */
export interface Client {
  readonly config: Config;
  /**
   * Uploads a file; resolves once the original is stored. Rejects with a `Fault` when the file is refused or does not get
   * through, and with the signal's reason when that aborts.
   */
  upload(file: File, options?: UploadOptions): Promise<Uploaded>;
  /** Signs the PUT of one file, for an uploader of your own; then `watch` its id. Throws a `Fault`. */
  sign(file: { name: string; type?: string | undefined }): Promise<SignedPut>;
  /** Yields the outcome of each id, in the order in which outcomes come. The ids are those of earlier uploads. */
  watch(ids: Iterable<string>, options?: { signal?: AbortSignal }): AsyncGenerator<Watched, void>;
  /** Hears of every upload. Returns how to stop. */
  listen(heard: (event: ClientEvent) => void): () => void;
  /** Hears when the network goes (false) and comes back (true). Returns how to stop. */
  listenToNetwork(heard: (isUp: boolean) => void): () => void;
  /** For `<input type="file" accept>`: media types, and the extensions of those that not every system knows. */
  readonly accept: string;
}

/** A client of the stack that `config` describes; `loadConfig` fetches one. */
export function createClient(config: Config, options: DarkroomOptions = {}): Client {
  const darkroom = openDarkroom(config, options);
  const listeners = new Set<(event: ClientEvent) => void>();
  const whole = (id: string, outcome: Outcome, signal: AbortSignal): Promise<Manifest> =>
    outcome.outcome === "removed"
      ? Promise.resolve({ version: 1, outcome: "removed" })
      : fetchManifest(config.publicUrl, id, signal);

  return {
    config,
    accept: accepted(config),
    upload(file, given = {}) {
      const tell = (event: ClientEvent) => {
        given.onProgress?.(event.state);
        for (const heard of [...listeners]) heard(event);
      };
      return upload(darkroom, file, given.signal ?? new AbortController().signal, tell, whole);
    },
    sign: (file) => sign(darkroom, file),
    watch: (ids, given = {}) => watch(darkroom, ids, given.signal ?? new AbortController().signal, whole),
    listen(heard) {
      listeners.add(heard);
      return () => listeners.delete(heard);
    },
    listenToNetwork: (heard) => darkroom.network.listen(heard),
  };
}

async function sign(
  { config, guests }: Darkroom,
  file: { name: string; type?: string | undefined },
): Promise<SignedPut> {
  const guest = await guests.current();
  const key = uploadKey(guest.identityId, crypto.randomUUID(), file.name);
  const { url, headers } = await signPut(config, guest, key, file.type ?? "");
  return { id: await publicId(key), url: url.href, headers: Object.fromEntries(headers) };
}

type Whole = (id: string, outcome: Outcome, signal: AbortSignal) => Promise<Manifest>;

function upload(
  darkroom: Darkroom,
  file: File,
  signal: AbortSignal,
  tell: (event: ClientEvent) => void,
  whole: Whole,
): Promise<Uploaded> {
  const uploaded = deferred<Uploaded>();
  const outcome = deferred<Manifest>();
  outcome.promise.catch(() => {}); // the caller may want the upload only; who awaits the outcome still gets the fault
  const fail = (reason: unknown) => {
    uploaded.reject(reason);
    outcome.reject(reason);
  };
  if (signal.aborted) {
    fail(signal.reason);
    return uploaded.promise;
  }
  let id = "";
  const stored = () => uploaded.resolve({ id, outcome: outcome.promise });
  const running = startUpload(darkroom, file, {
    named(given, isStored) {
      id = given;
      if (isStored) stored();
    },
    changed(state) {
      tell({ file, id, state });
      if (state.step === "failed") fail(state.fault);
      if (state.step !== "settled") return;
      stored(); // a notice may overtake the answer to the PUT
      whole(id, state.outcome, signal).then(outcome.resolve, outcome.reject);
    },
  });
  const abort = () => {
    running.cancel();
    fail(signal.reason);
  };
  signal.addEventListener("abort", abort);
  const done = () => signal.removeEventListener("abort", abort);
  outcome.promise.then(done, done);
  return uploaded.promise;
}

async function* watch(
  darkroom: Darkroom,
  ids: Iterable<string>,
  signal: AbortSignal,
  whole: Whole,
): AsyncGenerator<Watched, void> {
  const arrived: Watched[] = [];
  const wanted = [...new Set(ids)];
  let wake = () => {};
  const arrive = (watched: Watched) => {
    arrived.push(watched);
    wake();
  };
  const running = wanted.map((id) =>
    resumeUpload(darkroom, id, {
      named() {},
      changed(state) {
        if (state.step === "failed") arrive({ id, fault: state.fault });
        if (state.step !== "settled") return;
        whole(id, state.outcome, signal).then(
          (manifest) => arrive({ id, manifest }),
          (error) => arrive({ id, fault: asFault(error) }),
        );
      },
    }),
  );
  const abort = () => wake();
  signal.addEventListener("abort", abort);
  try {
    for (let open = wanted.length; open > 0; open -= 1) {
      while (arrived.length === 0 && !signal.aborted) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      signal.throwIfAborted();
      const next = arrived.shift();
      if (next) yield next;
    }
  } finally {
    signal.removeEventListener("abort", abort);
    for (const { cancel } of running) cancel();
  }
}

interface Deferred<Value> {
  promise: Promise<Value>;
  resolve(value: Value): void;
  reject(reason: unknown): void;
}

function deferred<Value>(): Deferred<Value> {
  let resolve: Deferred<Value>["resolve"] = () => {};
  let reject: Deferred<Value>["reject"] = () => {};
  const promise = new Promise<Value>((kept, broken) => {
    resolve = kept;
    reject = broken;
  });
  return { promise, resolve, reject };
}
