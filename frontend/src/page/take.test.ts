import { expect, test } from "vitest";
import { distinct } from "./take.ts";

test("no two files of a zip have the same name", () => {
  expect(distinct(["a/cat.jpg", "cat.jpg", "cat.jpg", "cat.jpg", "dog"])).toEqual([
    "a/cat.jpg",
    "cat.jpg",
    "cat (2).jpg",
    "cat (3).jpg",
    "dog",
  ]);
});
