// Sentences about one upload.

import { adviceFor, readable } from "../client/check.ts";
import { isFinal, type State } from "../client/state.ts";
import { bytes, plural, saved } from "../client/words.ts";
import { merge, preferred } from "./variants.ts";

/** One line that says where an upload stands. */
export function statusLine(size: number, state: State): string {
  switch (state.step) {
    case "queued":
      return `Waiting for its turn · ${bytes(size)}`;
    case "waiting":
      return "Waiting for the network";
    case "uploading":
      return `Uploading · ${Math.floor(state.fraction * 100)}% of ${bytes(size)}`;
    case "rendering":
      return state.slow ? "Rendering · slower than usual, but nothing is lost" : "Rendering";
    case "failed":
      return state.fault.parts.file ? "Rejected" : "Failed";
    case "settled":
      return state.outcome.outcome === "ready"
        ? readyLine(state.outcome)
        : outcomeWord(state.outcome.outcome);
  }
}

function outcomeWord(outcome: "rejected" | "removed"): string {
  return outcome === "rejected" ? "Rejected" : "Deleted";
}

function readyLine({
  original,
  variants,
}: Extract<State, { step: "settled" }>["outcome"] & { outcome: "ready" }) {
  const merged = merge(variants);
  const best = preferred(original, merged);
  const saving = best ? ` · ${best.presets[0]} is ${saved(original.bytes, best.bytes)}` : "";
  return `Ready · ${plural(merged.length, "variant")}${saving}`;
}

/** The state's word for style and tests: `uploading`, `ready`, `rejected`, `failed`, ... */
export function stepName(state: State): string {
  if (state.step === "settled") return state.outcome.outcome;
  return state.step === "failed" && state.fault.parts.file ? "rejected" : state.step;
}

/** What is to be said beyond the status: the reason, the advice. Empty when the status says it all. */
export function explanation(state: State): string[] {
  if (state.step === "failed") return [state.fault.message, state.fault.advice];
  if (state.step !== "settled" || state.outcome.outcome === "ready") return [];
  if (state.outcome.outcome === "removed") {
    return ["The original was deleted, and its variants with it.", "Upload it again if you need it."];
  }
  return [`${readable(state.outcome.reason)}.`, adviceFor(state.outcome.code)];
}

/** Whether a retry may help: the file itself is not at fault. */
export function isRetriable(state: State): boolean {
  return state.step === "failed" && !state.fault.parts.file;
}

/** Whether closing the page now would lose something. */
export function wouldBeLost(state: State): boolean {
  return !isFinal(state) && state.step !== "rendering";
}
