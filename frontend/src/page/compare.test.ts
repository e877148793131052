import { expect, test } from "vitest";
import { bounded, zoomed } from "./compare.ts";

test("the point under the pointer stays where it is", () => {
  const view = { scale: 2, x: 10, y: -20 };
  const at = { x: 30, y: 40 };
  const after = zoomed(view, 6, 8, at);
  // the picture's point under the pointer, before and after
  expect((at.x - after.x) / after.scale).toBeCloseTo((at.x - view.x) / view.scale);
  expect((at.y - after.y) / after.scale).toBeCloseTo((at.y - view.y) / view.scale);
});

test("zoom ends at the whole picture and at its most", () => {
  expect(zoomed({ scale: 2, x: 0, y: 0 }, 0.1, 8).scale).toBe(1);
  expect(zoomed({ scale: 2, x: 0, y: 0 }, 99, 8).scale).toBe(8);
});

test("the picture never leaves its frame", () => {
  const frame = { width: 100, height: 50 };
  expect(bounded({ scale: 3, x: 500, y: -500 }, frame)).toEqual({ scale: 3, x: 100, y: -50 });
  expect(bounded({ scale: 1, x: 7, y: 7 }, frame)).toEqual({ scale: 1, x: 0, y: 0 });
});
