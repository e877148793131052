// Which pictures the list shows, and in which order.

import { isFinal, type State } from "../client/state.ts";
import type { Picture } from "./batch.ts";
import { merge, preferred } from "./variants.ts";

export const FILTERS = ["all", "working", "ready", "failed"] as const;
export type Filter = (typeof FILTERS)[number];

export const ORDERS = ["chosen", "name", "largest", "saving"] as const;
export type Order = (typeof ORDERS)[number];

/** What a visitor has asked to see. */
export interface View {
  filter: Filter;
  order: Order;
  /** Part of a name; empty for every name. */
  search: string;
}

/** Everything, in the order in which it was chosen. */
export const WHOLE: View = { filter: "all", order: "chosen", search: "" };

/** Whether a view shows every picture. */
export function showsAll({ filter, search }: View): boolean {
  return filter === "all" && search.trim() === "";
}

/** The pictures that a view shows, in its order. Pictures that are equal in it keep the order in which they were chosen. */
export function arranged<P extends Picture>(pictures: P[], view: View): P[] {
  const wanted = folded(view.search);
  const shown = pictures.filter(
    ({ name, state }) =>
      (view.filter === "all" || kind(state) === view.filter) &&
      (wanted === "" || folded(name).includes(wanted)),
  );
  switch (view.order) {
    case "chosen":
      return shown;
    case "name":
      return shown.sort((one, other) => one.name.localeCompare(other.name, undefined, { numeric: true }));
    case "largest":
      return shown.sort((one, other) => other.size - one.size);
    case "saving":
      return shown.sort((one, other) => saving(other.state) - saving(one.state));
  }
}

/** The filter that shows a state, beside "all". */
export function kind(state: State): Exclude<Filter, "all"> {
  if (!isFinal(state)) return "working";
  return state.step === "settled" && state.outcome.outcome === "ready" ? "ready" : "failed";
}

/** The best saving as a fraction of the original; pictures without variants come last. */
function saving(state: State): number {
  if (state.step !== "settled" || state.outcome.outcome !== "ready") return Number.NEGATIVE_INFINITY;
  const { original, variants } = state.outcome;
  const best = preferred(original, merge(variants));
  return best ? 1 - best.bytes / original.bytes : Number.NEGATIVE_INFINITY;
}

/** Text as it is searched: without upper case, and composed, so that it does not matter how a system writes "é". */
function folded(text: string): string {
  return text.normalize("NFC").trim().toLocaleLowerCase();
}

/** Reads a view that was kept as JSON. Anything that is none is the whole list. */
export function parseView(kept: string | null): View {
  try {
    const { filter, order, search } = JSON.parse(kept ?? "{}") as Partial<View>;
    return {
      filter: FILTERS.find((known) => known === filter) ?? WHOLE.filter,
      order: ORDERS.find((known) => known === order) ?? WHOLE.order,
      search: typeof search === "string" ? search : "",
    };
  } catch {
    return WHOLE;
  }
}
