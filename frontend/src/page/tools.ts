import { t } from "../../client/language.ts";
import { FILTERS, ORDERS, parseView, showsAll, type View, WHOLE } from "../view.ts";
import { byId, el } from "./dom.ts";

/** From this many pictures on, a list is worth searching. */
const WORTH_IT = 6;

/** Where the view is kept over a reload: for this tab only, as the list is everyone's. */
const SLOT = "darkroom.view";

/** The tools above the list. */
export interface Tools {
  view(): View;
  /** Shows how many pictures there are, and how many of them the view shows. */
  show(all: number, shown: number): void;
}

/** Filter, order and search; `changed` hears of every new view. */
export function newTools(changed: () => void): Tools {
  let view = parseView(sessionStorage.getItem(SLOT));
  const search = byId("search") as HTMLInputElement;
  const order = byId("order") as HTMLSelectElement;
  const radios = FILTERS.map((filter) => {
    const input = el("input", { type: "radio", name: "filter", class: "unseen", value: filter });
    input.addEventListener("change", () => set({ ...view, filter }));
    byId("filter").append(el("label", {}, input, el("span", {}, t(`filter.${filter}`))));
    return input;
  });
  for (const name of ORDERS) order.append(el("option", { value: name }, t(`order.${name}`)));

  const set = (next: View) => {
    view = next;
    sessionStorage.setItem(SLOT, JSON.stringify(view));
    draw();
    changed();
  };
  const draw = () => {
    for (const radio of radios) radio.checked = radio.value === view.filter;
    order.value = view.order;
    if (search.value !== view.search) search.value = view.search;
  };
  search.addEventListener("input", () => set({ ...view, search: search.value }));
  order.addEventListener("change", () => {
    set({ ...view, order: ORDERS.find((name) => name === order.value) ?? WHOLE.order });
  });
  byId("show-all").addEventListener("click", () => {
    set({ ...WHOLE, order: view.order });
    search.focus();
  });
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target instanceof HTMLInputElement && event.target.type !== "radio";
    const isOpen = (byId("detail") as HTMLDialogElement).open;
    if (event.key !== "/" || isTyping || isOpen || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    search.focus();
  });
  draw();

  return {
    view: () => view,
    show(all, shown) {
      byId("tools").hidden = all < WORTH_IT && showsAll(view);
      byId("nothing").hidden = shown > 0 || all === 0;
    },
  };
}
