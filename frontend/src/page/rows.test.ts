import { expect, test } from "vitest";
import { visible } from "./rows.ts";

test.each([
  ["from the top", 0, 200, 0, 17],
  ["scrolled to the middle", -5000, 200, 46, 67],
  ["scrolled to the end", -14_000, 200, 136, 157],
  ["past the end", -40_000, 200, 200, 200],
  ["a short list", 300, 3, 0, 3],
  ["none", 300, 0, 0, 0],
  ["below the window", 5000, 200, 0, 0],
])("%s only the rows in view are drawn", (_, top, count, first, last) => {
  expect(visible(top, 1300, 100, count)).toEqual({ first, last });
});
