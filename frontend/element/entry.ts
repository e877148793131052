// One file in a <darkroom-upload>, and the events that it leads to.

import type { Client } from "../client/client.ts";
import type { ReadyManifest } from "../client/document.ts";
import { adviceFor, asFault, type Fault } from "../client/fault.ts";
import type { State } from "../client/state.ts";

/** One file. */
export interface Entry {
  file: File;
  /** The public id; empty until there is one. */
  id: string;
  state: State;
  stop: AbortController;
}

/** What each event carries. */
export interface Details {
  /** Every change of an upload. */
  "darkroom-progress": { file: File; id: string; state: State };
  /** Every variant is stored. */
  "darkroom-ready": { file: File; id: string; manifest: ReadyManifest };
  /** The file is no picture that Darkroom can use: refused here (no id), or rejected by the engine. */
  "darkroom-rejected": { file: File; id: string; code: string; reason: string; advice: string };
  /** The upload failed for another reason; without a file, the element could not be set up. */
  "darkroom-failed": { file?: File; fault: Fault };
}

/** A type of event with what it carries. */
export type Fired<Name extends keyof Details> = [type: Name, detail: Details[Name]];

interface Heard {
  changed(): void;
  fire<Name extends keyof Details>(...fired: Fired<Name>): void;
}

/** Uploads an entry's file. Resolves when nothing more happens to it. */
export async function start(client: Client, entry: Entry, { changed, fire }: Heard): Promise<void> {
  const { file, stop } = entry;
  const off = client.listen((event) => {
    if (event.file !== file) return;
    entry.id = event.id;
    entry.state = event.state;
    changed();
    fire("darkroom-progress", event);
  });
  try {
    const { id, outcome } = await client.upload(file, { signal: stop.signal });
    const manifest = await outcome;
    if (manifest.outcome === "ready") fire("darkroom-ready", { file, id, manifest });
    if (manifest.outcome === "rejected") {
      const { code, reason } = manifest.rejection;
      fire("darkroom-rejected", { file, id, code, reason, advice: adviceFor(code) });
    }
  } catch (error) {
    if (stop.signal.aborted) return;
    const fault = asFault(error);
    entry.state = { step: "failed", fault, stored: false };
    changed();
    if (!fault.parts.file) return fire("darkroom-failed", { file, fault });
    const { code, message: reason, advice } = fault;
    fire("darkroom-rejected", { file, id: "", code, reason, advice });
  } finally {
    off();
  }
}
