// Sentences about one upload.

import { adviceFor } from "../client/fault.ts";
import { isKey, language, t } from "../client/language.ts";
import { isFinal, type State } from "../client/state.ts";
import { bytes, number, percent, saved } from "../client/words.ts";
import { merge, preferred } from "./variants.ts";

/** One line that says where an upload stands. */
export function statusLine(size: number, state: State): string {
  switch (state.step) {
    case "queued":
      return t("status.queued", { bytes: bytes(size) });
    case "waiting":
      return t("status.waiting");
    case "uploading":
      return t("status.uploading", { percent: percent(state.fraction), bytes: bytes(size) });
    case "rendering":
      return t(state.slow ? "status.slow" : "status.rendering");
    case "failed":
      return t(state.fault.parts.file ? "status.rejected" : "status.failed");
    case "settled":
      return state.outcome.outcome === "ready"
        ? readyLine(state.outcome)
        : t(`status.${state.outcome.outcome}`);
  }
}

function readyLine({
  original,
  variants,
}: Extract<State, { step: "settled" }>["outcome"] & { outcome: "ready" }) {
  const merged = merge(variants);
  const best = preferred(original, merged);
  const ready = t("status.ready", { count: merged.length });
  if (!best) return ready;
  const words = { preset: best.presets[0] ?? "", saved: saved(original.bytes, best.bytes) };
  return `${ready} · ${t("status.saving", words)}`;
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
    return [t("reason.removed"), adviceFor("removed")];
  }
  return [reason(state.outcome.code, state.outcome.reason), adviceFor(state.outcome.code)];
}

/** Why a picture was rejected: the engine's own words in English, elsewhere a sentence for its code. */
function reason(code: string, words: string): string {
  if (language().language === "en") return `${readable(words)}.`;
  const name = `reason.${code}`;
  return isKey(name) ? (t as (key: string) => string)(name) : t("reason.other");
}

/** The engine's reason as people read it: long numbers in groups, lengths in bytes with a unit. */
export function readable(reason: string): string {
  const words = reason
    .replace(
      /\b(\d+) bytes, the limit is (\d+)/,
      (_, is, most) => `${bytes(Number(is))}, the limit is ${bytes(Number(most))}`,
    )
    .replace(/\b\d{5,}\b/g, (digits) => number(Number(digits)));
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Whether a retry may help: the file itself is not at fault. */
export function isRetriable(state: State): boolean {
  return state.step === "failed" && !state.fault.parts.file;
}

/** Whether closing the page now would lose something. */
export function wouldBeLost(state: State): boolean {
  return !isFinal(state) && state.step !== "rendering";
}
