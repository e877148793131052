import { expect, test } from "vitest";
import { bytes, formatName, listed, number, pixels, plural, saved } from "./words.ts";

test.each([
  [0, "0 bytes"],
  [1, "1 byte"],
  [999, "999 bytes"],
  [1000, "1 KB"],
  [41235, "41.2 KB"],
  [999_499, "999 KB"],
  [999_500, "1 MB"],
  [3_753_621, "3.75 MB"],
  [268_435_456, "268 MB"],
  [5_000_000_000_000, "5000 GB"],
])("%i is %s", (length, words) => {
  expect(bytes(length)).toBe(words);
});

test.each([
  [1000, 110, "89% smaller"],
  [1000, 1000, "same size"],
  [1000, 996, "same size"],
  [1000, 1120, "12% larger"],
  [1_000_000, 4000, "99.6% smaller"],
  [1_000_000_000, 1, "99.9% smaller"],
])("of %i bytes %i are %s", (original, variant, words) => {
  expect(saved(original, variant)).toBe(words);
});

test("sizes, formats and counts", () => {
  expect(pixels({ width: 480, height: 640 })).toBe("480 × 640");
  expect(["jpeg", "webp", "png"].map(formatName)).toEqual(["JPEG", "WebP", "PNG"]);
  expect([0, 1, 2].map((number) => plural(number, "picture"))).toEqual([
    "0 pictures",
    "1 picture",
    "2 pictures",
  ]);
});

test("long numbers are grouped, and words listed", () => {
  expect(number(3_600_000_000)).toBe("3,600,000,000");
  expect(listed(["large"])).toBe("large");
  expect(listed(["large", "medium", "small"])).toBe("large, medium and small");
});
