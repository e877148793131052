// Before and after in one frame: a divider to drag, zoom to the pixel, and pan. All of it works by keyboard too.

import { t } from "../../client/language.ts";
import { percent } from "../../client/words.ts";
import { el } from "./dom.ts";
import { placeholder } from "./placeholder.ts";

/** Where the view stands: `scale` 1 fits the frame, `x` and `y` move the picture, in CSS pixels from the middle. */
export interface View {
  scale: number;
  x: number;
  y: number;
}

const WHOLE: View = { scale: 1, x: 0, y: 0 };

/** The view zoomed to `scale`, with the point `at` (from the frame's middle) staying where it is. */
export function zoomed(view: View, scale: number, most: number, at = { x: 0, y: 0 }): View {
  const bounded = Math.min(Math.max(1, most), Math.max(1, scale));
  const ratio = bounded / view.scale;
  return { scale: bounded, x: at.x - (at.x - view.x) * ratio, y: at.y - (at.y - view.y) * ratio };
}

/** The view kept so that the picture never leaves its frame. */
export function bounded(view: View, frame: { width: number; height: number }): View {
  const room = (length: number) => (length * (view.scale - 1)) / 2;
  const keep = (value: number, most: number) => Math.min(most, Math.max(-most, value));
  return { scale: view.scale, x: keep(view.x, room(frame.width)), y: keep(view.y, room(frame.height)) };
}

/** What is compared. */
export interface Sides {
  name: string;
  before: { url: string; label: string };
  after: { url: string; label: string };
  /** Stands in the frame until a picture has loaded. */
  thumbhash: string | undefined;
  /** Pixels of the variant: its shape, and its size at 1:1. */
  width: number;
  height: number;
  /** The "before" cannot be shown. */
  blank(): void;
}

/** A frame with a divider between before and after. */
export function compare(sides: Sides): HTMLElement {
  const { stage, before, after, divider, slider } = newStage(sides);
  const readout = el("output", { class: "readout" });
  let view = WHOLE;
  const pixel = () => sides.width / stage.clientWidth; // the scale at which a pixel is a pixel
  const most = () => Math.max(8, pixel() * 4);
  const show = () => {
    view = bounded(view, { width: stage.clientWidth, height: stage.clientHeight });
    for (const image of [before, after]) {
      image.style.transform = `translate(${view.x}px, ${view.y}px) scale(${view.scale})`;
      image.style.imageRendering = view.scale > pixel() * 1.5 ? "pixelated" : "auto";
    }
    if (before.parentElement)
      before.parentElement.style.clipPath = `inset(0 ${100 - Number(slider.value)}% 0 0)`;
    divider.style.left = `${slider.value}%`;
    stage.classList.toggle("is-zoomed", view.scale > 1);
    readout.textContent = percent(Math.round((view.scale / pixel()) * 100) / 100);
  };
  const set = (next: View) => {
    view = next;
    show();
  };
  const handles: Handles = {
    slider,
    view: () => view,
    set,
    zoom: (factor, at) => set(zoomed(view, view.scale * factor, most(), at)),
    actual: () => set(zoomed(view, pixel(), most())),
    show,
  };
  slider.addEventListener("input", show);
  keys(stage, handles);
  pointers(stage, handles);
  new ResizeObserver(show).observe(stage);
  return el("div", { class: "compare" }, stage, controls(handles, readout));
}

interface Stage {
  stage: HTMLElement;
  before: HTMLImageElement;
  after: HTMLImageElement;
  divider: HTMLElement;
  slider: HTMLInputElement;
}

/** The two pictures on top of each other, and the slider for the divider between them. */
function newStage({ name, before, after, thumbhash, width, height, blank }: Sides): Stage {
  const picture = ({ url, label }: Sides["before"]) =>
    el("img", {
      alt: t("compare.picture", { name, side: label }),
      src: url,
      decoding: "async",
      draggable: "false",
    });
  const [front, back] = [picture(before), picture(after)];
  front.addEventListener("error", blank);
  const divider = el("div", { class: "divider", "aria-hidden": "true" });
  const stage = el(
    "div",
    { class: "stage", tabindex: "0", role: "group", "aria-label": t("compare.stage") },
    el("div", { class: "layer" }, back),
    el("div", { class: "layer" }, front),
    divider,
    el("span", { class: "tag tag-before" }, before.label),
    el("span", { class: "tag tag-after" }, after.label),
  );
  const blurred = placeholder(thumbhash);
  if (blurred) stage.prepend(blurred);
  stage.style.aspectRatio = `${width} / ${height}`;
  const slider = el("input", {
    type: "range",
    min: "0",
    max: "100",
    step: "1",
    value: "50",
    "aria-label": t("compare.divider", { before: before.label, after: after.label }),
  });
  return { stage, before: front, after: back, divider, slider };
}

interface Handles {
  slider: HTMLInputElement;
  view(): View;
  set(view: View): void;
  zoom(factor: number, at?: { x: number; y: number }): void;
  /** Zooms to 1:1. */
  actual(): void;
  show(): void;
}

/** The slider and the buttons below the frame. */
function controls({ slider, zoom, actual, set }: Handles, readout: HTMLElement): HTMLElement {
  const control = (word: string, label: string, pressed: () => void) => {
    const element = el("button", { type: "button", "aria-label": label }, word);
    element.addEventListener("click", pressed);
    return element;
  };
  return el(
    "div",
    { class: "compare-controls" },
    slider,
    control("−", t("compare.out"), () => zoom(1 / 1.5)),
    readout,
    control("+", t("compare.in"), () => zoom(1.5)),
    control("1:1", t("compare.actual"), actual),
    control(t("compare.fit"), t("compare.frame"), () => set(WHOLE)),
  );
}

/** Arrow keys pan, plus and minus zoom, 0 fits and 1 shows actual pixels. */
function keys(stage: HTMLElement, { view, set, zoom, actual }: Handles): void {
  const step = 48;
  const pan = (x: number, y: number) => () => set({ ...view(), x: view().x + x, y: view().y + y });
  const moves: Record<string, () => void> = {
    ArrowLeft: pan(step, 0),
    ArrowRight: pan(-step, 0),
    ArrowUp: pan(0, step),
    ArrowDown: pan(0, -step),
    "+": () => zoom(1.5),
    "=": () => zoom(1.5),
    "-": () => zoom(1 / 1.5),
    "0": () => set(WHOLE),
    "1": actual,
  };
  stage.addEventListener("keydown", (event) => {
    const move = moves[event.key];
    if (!move || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    move();
  });
}

/** Mouse, pen and fingers: near the divider they move it, elsewhere they pan a zoomed picture; two fingers and the wheel zoom. */
function pointers(stage: HTMLElement, { slider, view, set, zoom, show }: Handles): void {
  const held = new Map<number, { x: number; y: number }>();
  let isDividing = false;
  const place = (event: MouseEvent) => {
    const box = stage.getBoundingClientRect();
    return { x: event.clientX - box.left - box.width / 2, y: event.clientY - box.top - box.height / 2 };
  };
  const divide = (x: number) => {
    slider.value = String(Math.round((x / stage.clientWidth + 0.5) * 100));
    show();
  };
  const spread = () => {
    const [one, other] = [...held.values()];
    return one && other ? Math.hypot(one.x - other.x, one.y - other.y) : 0;
  };
  stage.addEventListener("pointerdown", (event) => {
    const at = place(event);
    stage.setPointerCapture(event.pointerId);
    held.set(event.pointerId, at);
    const line = (Number(slider.value) / 100 - 0.5) * stage.clientWidth;
    isDividing = held.size === 1 && (view().scale === 1 || Math.abs(at.x - line) < 24);
    if (isDividing) divide(at.x);
  });
  stage.addEventListener("pointermove", (event) => {
    const last = held.get(event.pointerId);
    if (!last) return;
    const at = place(event);
    const before = spread();
    held.set(event.pointerId, at);
    if (held.size === 2 && before > 0) zoom(spread() / before, at);
    else if (isDividing) divide(at.x);
    else set({ ...view(), x: view().x + at.x - last.x, y: view().y + at.y - last.y });
  });
  for (const end of ["pointerup", "pointercancel"] as const) {
    stage.addEventListener(end, (event) => held.delete(event.pointerId));
  }
  stage.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      zoom(event.deltaY < 0 ? 1.2 : 1 / 1.2, place(event));
    },
    { passive: false },
  );
}
