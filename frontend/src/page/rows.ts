// A list that draws only what is in view: rows of one height, so that the page is as long as the list from the start and
// nothing moves when results arrive.

import { el } from "./dom.ts";

/** One drawn row. */
export interface Row<Item> {
  element: HTMLElement;
  /** Draws the item's present state. */
  show(item: Item): void;
}

/** Rows beyond each edge of the window, so that the Tab key always finds a next one. */
const SPARE = 4;

/** The rows to draw, from the first up to but without the last, for a list whose top is `top` pixels below the window's. */
export function visible(
  top: number,
  height: number,
  row: number,
  count: number,
): { first: number; last: number } {
  const first = Math.max(0, Math.floor(-top / row) - SPARE);
  const last = Math.min(count, Math.ceil((height - top) / row) + SPARE);
  return { first: Math.min(first, count), last: Math.max(last, 0) };
}

/** The list on the page. */
export interface Rows<Item> {
  /** The items to show; call it when they or any of their states have changed. */
  draw(items: Item[]): void;
  /** Scrolls to an item and puts the focus on its row. */
  focus(item: Item): void;
}

/** Draws `newRow`s into `list`, an `<ol>`. */
export function newRows<Item extends object>(
  list: HTMLElement,
  newRow: (item: Item) => Row<Item>,
): Rows<Item> {
  const drawn = new Map<Item, Row<Item>>();
  const ruler = el("li", { class: "row ruler", "aria-hidden": "true" });
  list.append(ruler);
  let items: Item[] = [];

  const paint = () => {
    const height = ruler.offsetHeight;
    const { first, last } = visible(list.getBoundingClientRect().top, innerHeight, height, items.length);
    const wanted = new Set(items.slice(first, last));
    for (const [item, row] of drawn) {
      const isHeld = row.element.contains(document.activeElement) && items.includes(item);
      if (wanted.has(item) || isHeld) continue; // the focus is never taken away
      row.element.remove();
      drawn.delete(item);
    }
    list.style.height = `${items.length * height}px`;
    let previous: HTMLElement = ruler;
    for (const [at, item] of items.entries()) {
      let row = drawn.get(item);
      if (!row && (at < first || at >= last)) continue;
      if (!row) {
        row = newRow(item);
        drawn.set(item, row);
      }
      row.show(item);
      row.element.style.transform = `translateY(${at * height}px)`;
      row.element.setAttribute("aria-posinset", String(at + 1));
      row.element.setAttribute("aria-setsize", String(items.length));
      if (previous.nextElementSibling !== row.element) previous.after(row.element); // document order is tab order
      previous = row.element;
    }
  };
  const focus = (item: Item) => {
    const top = list.getBoundingClientRect().top + items.indexOf(item) * ruler.offsetHeight;
    if (top < 0 || top > innerHeight - ruler.offsetHeight) scrollBy(0, top - innerHeight / 2);
    paint();
    drawn.get(item)?.element.focus({ preventScroll: true });
  };
  /** Arrow keys go from row to row, and stay on the same button where the next row has it. */
  list.addEventListener("keydown", (event) => {
    const at = items.findIndex((item) => drawn.get(item)?.element.contains(document.activeElement));
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
    const item = to === undefined ? undefined : items[to];
    if (at < 0 || !item) return;
    event.preventDefault();
    const action = (document.activeElement as HTMLElement).dataset.action;
    focus(item);
    const same = action && drawn.get(item)?.element.querySelector<HTMLElement>(`[data-action="${action}"]`);
    if (same && !same.hidden) same.focus({ preventScroll: true });
  });
  addEventListener("scroll", paint, { passive: true });
  addEventListener("resize", paint);

  return {
    draw(now) {
      items = now;
      paint();
    },
    focus,
  };
}
