import { expect, test } from "vitest";
import { Fault } from "../client/fault.ts";
import type { State } from "../client/state.ts";
import type { Picture } from "./batch.ts";
import { arranged, parseView, showsAll, type View, WHOLE } from "./view.ts";

const ready = (bytes: number): State => ({
  step: "settled",
  outcome: {
    outcome: "ready",
    original: { bytes: 1000, format: "jpeg", width: 10, height: 10 },
    variants: [{ preset: "thumb", format: "jpeg", url: "https://y/1", width: 5, height: 5, bytes }],
  },
});
const PICTURES: Picture[] = [
  { name: "b/IMG_10.jpg", size: 10, state: ready(900) },
  { name: "b/IMG_9.jpg", size: 30, state: { step: "rendering", slow: false } },
  { name: "Café.jpg", size: 20, state: ready(100) },
  { name: "notes.txt", size: 5, state: { step: "failed", stored: false, fault: new Fault("file_text") } },
  { name: "gone.jpg", size: 5, state: { step: "settled", outcome: { outcome: "removed" } } },
];
const names = (view: Partial<View>) => arranged(PICTURES, { ...WHOLE, ...view }).map(({ name }) => name);

test("each filter shows its pictures, and together they show all", () => {
  expect(names({})).toEqual(PICTURES.map(({ name }) => name));
  expect(names({ filter: "working" })).toEqual(["b/IMG_9.jpg"]);
  expect(names({ filter: "ready" })).toEqual(["b/IMG_10.jpg", "Café.jpg"]);
  expect(names({ filter: "failed" })).toEqual(["notes.txt", "gone.jpg"]);
});

test("names are sorted as people count, sizes and savings from the largest", () => {
  expect(names({ order: "name" }).slice(0, 2)).toEqual(["b/IMG_9.jpg", "b/IMG_10.jpg"]);
  expect(names({ order: "largest" })).toEqual([
    "b/IMG_9.jpg",
    "Café.jpg",
    "b/IMG_10.jpg",
    "notes.txt",
    "gone.jpg",
  ]);
  expect(names({ order: "saving" }).slice(0, 2)).toEqual(["Café.jpg", "b/IMG_10.jpg"]);
});

test("a search finds parts of names, whatever their case and composition", () => {
  expect(names({ search: " CAFÉ" })).toEqual(["Café.jpg"]);
  expect(names({ search: "img", filter: "ready" })).toEqual(["b/IMG_10.jpg"]);
  expect(names({ search: "nothing" })).toEqual([]);
});

test("the list itself is left as it is", () => {
  const before = [...PICTURES];
  names({ order: "name" });
  expect(PICTURES).toEqual(before);
});

test.each([null, "", "[]", "null", "{", '{"filter":"x","order":1,"search":{}}'])(
  "kept as %j the view is the whole list",
  (kept) => {
    expect(parseView(kept)).toEqual(WHOLE);
  },
);

test("a view is kept and read", () => {
  const view: View = { filter: "failed", order: "saving", search: "a" };
  expect(parseView(JSON.stringify(view))).toEqual(view);
  expect(showsAll(view)).toBe(false);
  expect(showsAll({ ...WHOLE, order: "name", search: " " })).toBe(true);
});
