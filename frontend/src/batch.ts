// All uploads of the page together: what there is to count and to say.

import { t } from "../client/language.ts";
import { isFinal, type State } from "../client/state.ts";
import { bytes } from "../client/words.ts";
import { explanation, statusLine } from "./sentences.ts";

/** A picture as the list knows it. */
export interface Picture {
  /** The file's name; of a folder's file, its path in the folder. */
  name: string;
  size: number;
  state: State;
}

/** How many pictures stand where. */
export interface Counts {
  all: number;
  ready: number;
  rejected: number;
  failed: number;
  removed: number;
  waiting: number;
  /** Not final yet, those that wait included. */
  open: number;
  /** Bytes of all, and how many of them are sent or need not be. */
  bytes: number;
  sent: number;
}

/** Counts pictures. */
export function count(pictures: Iterable<Picture>): Counts {
  const counts = {
    all: 0,
    ready: 0,
    rejected: 0,
    failed: 0,
    removed: 0,
    waiting: 0,
    open: 0,
    bytes: 0,
    sent: 0,
  };
  for (const { state, size } of pictures) {
    counts.all += 1;
    counts.bytes += size;
    counts.sent += size * sentFraction(state);
    if (!isFinal(state)) counts.open += 1;
    if (state.step === "waiting") counts.waiting += 1;
    else if (state.step === "settled") counts[state.outcome.outcome] += 1;
    else if (state.step === "failed") counts[state.fault.parts.file ? "rejected" : "failed"] += 1;
  }
  return counts;
}

function sentFraction(state: State): number {
  if (state.step === "uploading") return state.fraction;
  return state.step === "queued" || state.step === "waiting" ? 0 : 1;
}

/** One line about all pictures: `38 ready · 2 rejected · 5 to go`. */
export function summary(counts: Counts): string {
  return (["ready", "rejected", "failed", "removed", "open"] as const)
    .filter((name) => counts[name] > 0)
    .map((name) => t(`count.${name}`, { number: counts[name] }))
    .join(" · ");
}

/** What is still to be sent: `12.1 MB of 40.2 MB sent`. Empty once all is sent. */
export function transfer(counts: Counts): string {
  if (counts.sent >= counts.bytes) return "";
  return t("bar.sent", { sent: bytes(Math.floor(counts.sent)), bytes: bytes(counts.bytes) });
}

/** What is said once no picture is open any more: of a single one everything, of several only the counts. */
export function ending(pictures: Picture[]): string {
  const [only] = pictures;
  if (pictures.length === 1 && only) {
    const line = t("done.one", { name: only.name, status: statusLine(only.size, only.state) });
    return [line, ...explanation(only.state)].join(" ");
  }
  const parts = summary(count(pictures)).replaceAll(" · ", ", ");
  return t("done.several", { count: pictures.length, summary: parts });
}
