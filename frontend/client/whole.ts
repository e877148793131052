import { backoff, jittered, pause } from "./backoff.ts";
import { ANSWER_MS } from "./config.ts";
import type { Manifest } from "./document.ts";
import { Fault } from "./fault.ts";
import { manifestUrl } from "./key.ts";
import { parseManifest } from "./outcome.ts";
import { fetchText } from "./timed.ts";

/** Reads of a manifest that must be there. */
const READS = 5;

/** The whole manifest of a guest's upload that has an outcome. Tries a few times. Throws a `Fault`. */
export async function fetchManifest(publicUrl: string, id: string, signal: AbortSignal): Promise<Manifest> {
  let why: unknown;
  for (let reads = 0; reads < READS; reads += 1) {
    if (reads > 0) await pause(jittered(backoff(reads, 250, 4000)), signal);
    signal.throwIfAborted();
    try {
      const answer = await fetchText(manifestUrl(publicUrl, id), { cache: "no-cache", signal }, ANSWER_MS);
      if (answer.ok) return checked(answer.text, publicUrl);
      why = `status ${answer.status}`;
    } catch (error) {
      signal.throwIfAborted();
      why = error;
    }
  }
  throw new Fault("details", { network: true, details: String(why) });
}

/** Throws `Unreadable` unless every field that leads a browser somewhere is what it should be. */
function checked(source: string, publicUrl: string): Manifest {
  parseManifest(source, publicUrl);
  return JSON.parse(source);
}
