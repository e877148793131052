import { byId, el } from "./dom.ts";

/** Screen readers have read a line by then; leaving it longer would clutter the page when it is browsed by line. */
const KEPT_MS = 20_000;

/** Says something to people who do not see the page. Lines that come together are read one after the other. */
export function announce(line: string): void {
  const element = el("p", {}, line);
  byId("announcer").append(element);
  setTimeout(() => element.remove(), KEPT_MS);
}
