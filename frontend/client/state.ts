import type { Fault } from "./fault.ts";
import type { Outcome } from "./outcome.ts";

/** Where one upload stands. */
export type State =
  | { step: "queued" }
  /** `fraction` of the file is sent: 0 to 1. */
  | { step: "uploading"; fraction: number }
  /** The network is down; it goes on by itself once it is back. */
  | { step: "waiting" }
  /** The original is in the bucket; its outcome is awaited. */
  | { step: "rendering"; slow: boolean }
  | { step: "settled"; outcome: Outcome }
  /** `stored` tells what a retry repeats: the upload, or only the wait for the outcome. */
  | { step: "failed"; fault: Fault; stored: boolean };

/** What happens to an upload. */
export type Event =
  | { type: "started" }
  /** The network is gone; `started` comes when it is back. */
  | { type: "cut off" }
  | { type: "sent"; fraction: number }
  | { type: "stored" }
  | { type: "slow" }
  | { type: "settled"; outcome: Outcome }
  | { type: "failed"; fault: Fault }
  | { type: "retried" };

/** The state after an event. An event that means nothing in a state (a late one, a repeated one) leaves it as it is. */
export function next(state: State, event: Event): State {
  switch (event.type) {
    case "started":
      return state.step === "queued" || state.step === "waiting" ? { step: "uploading", fraction: 0 } : state;
    case "cut off":
      return state.step === "queued" || state.step === "uploading" ? { step: "waiting" } : state;
    case "sent":
      return state.step === "uploading" ? { step: "uploading", fraction: event.fraction } : state;
    case "stored":
      return state.step === "uploading" ? { step: "rendering", slow: false } : state;
    case "slow":
      return state.step === "rendering" && !state.slow ? { step: "rendering", slow: true } : state;
    case "settled": // a notice may overtake the answer to the upload
      return isFinal(state) ? state : { step: "settled", outcome: event.outcome };
    case "failed":
      if (isFinal(state)) return state;
      return { step: "failed", fault: event.fault, stored: state.step === "rendering" };
    case "retried":
      if (state.step !== "failed") return state;
      return state.stored ? { step: "rendering", slow: false } : { step: "queued" };
  }
}

/** Whether nothing more happens by itself. */
export function isFinal(state: State): boolean {
  return state.step === "settled" || state.step === "failed";
}
