// When what happened to a picture: by the page's clock, and by the manifest of the function that rendered it.

import type { Timings } from "../client/details.ts";
import type { State } from "../client/state.ts";

/** Milliseconds of the page's clock, which only ever goes forward. */
export interface Times {
  chosen: number;
  started?: number;
  stored?: number;
  settled?: number;
}

/** The times after a picture came into `state` at `now`. A retry starts them again. */
export function stamped(times: Times, state: State, now: number): Times {
  switch (state.step) {
    case "queued":
      return { chosen: now };
    case "uploading":
      return times.started === undefined ? { ...times, started: now } : times;
    case "rendering":
      return times.stored === undefined ? { ...times, stored: now } : times;
    case "settled": // a notice may overtake the answer to the upload
      return { ...times, stored: times.stored ?? now, settled: now };
    default:
      return times;
  }
}

/** One part of a picture's way. */
export interface Phase {
  name: `time.${"waited" | "uploaded" | "queued" | "fetched" | "decoded" | "rendered" | "stored"}`;
  ms: number;
}

/**
 * The parts of a picture's way, in their order. The two clocks need not agree: only lengths of time are compared. Without
 * the page's times, as after a reload, only the job's own parts are known.
 */
export function phases({ chosen, started, stored, settled }: Times, job: Timings): Phase[] {
  const rendered: Phase[] = [
    { name: "time.fetched", ms: job.fetch },
    { name: "time.decoded", ms: job.decode },
    { name: "time.rendered", ms: job.render },
    { name: "time.stored", ms: job.store },
  ];
  if (started === undefined || stored === undefined || settled === undefined) return rendered;
  const worked = rendered.reduce((sum, { ms }) => sum + ms, 0);
  return [
    { name: "time.waited", ms: started - chosen },
    { name: "time.uploaded", ms: stored - started },
    { name: "time.queued", ms: Math.max(0, settled - stored - worked) },
    ...rendered,
  ];
}

/** How long all of it took by the page's clock; undefined where that is not known. */
export function total({ chosen, started, settled }: Times): number | undefined {
  return started === undefined || settled === undefined ? undefined : settled - chosen;
}
