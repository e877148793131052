import { afterEach, expect, test } from "vitest";
import { speak } from "./language.ts";
import { bytes, duration, formatName, listed, number, percent, pixels, saved } from "./words.ts";

afterEach(() => speak({ language: "en", locale: "en-GB" }));

test.each([
  [0, "0 bytes"],
  [1, "1 byte"],
  [999, "999 bytes"],
  [1000, "1 kB"],
  [41235, "41.2 kB"],
  [999_499, "999 kB"],
  [999_500, "1 MB"],
  [3_753_621, "3.75 MB"],
  [268_435_456, "268 MB"],
  [5_000_000_000_000, "5,000 GB"],
])("%i is %s", (length, words) => {
  expect(bytes(length)).toBe(words);
});

test.each([
  [1000, 110, "89% smaller"],
  [1000, 1000, "same size"],
  [1000, 996, "same size"],
  [1000, 1120, "12% larger"],
  [1000, 2996, "200% larger"],
  [1_000_000, 4000, "99.6% smaller"],
  [1_000_000_000, 1, "99.9% smaller"],
])("of %i bytes %i are %s", (original, variant, words) => {
  expect(saved(original, variant)).toBe(words);
});

test("sizes, formats and percentages", () => {
  expect(pixels({ width: 480, height: 640 })).toBe("480 × 640");
  expect(["jpeg", "webp", "png"].map(formatName)).toEqual(["JPEG", "WebP", "PNG"]);
  expect([0, 0.289, 0.999, 1].map(percent)).toEqual(["0%", "28%", "99%", "100%"]);
});

test("long numbers are grouped, and words listed", () => {
  expect(number(3_600_000_000)).toBe("3,600,000,000");
  expect(listed(["large"])).toBe("large");
  expect(listed(["large", "medium", "small"])).toBe("large, medium and small");
});

test.each([
  [0, "0 ms"],
  [999.4, "999 ms"],
  [1440, "1.4 secs"],
  [14_400, "14 secs"],
  [150_000, "3 mins"],
])("%d milliseconds are %s", (ms, words) => {
  expect(duration(ms)).toBe(words);
});

test("in German, numbers and lists are German", async () => {
  await speak({ language: "de", locale: "de-DE" });
  expect(bytes(41235)).toBe("41,2 kB");
  expect(number(3_600_000_000)).toBe("3.600.000.000");
  expect(saved(1_000_000, 4000)).toBe("99,6\u00a0% kleiner");
  expect(listed(["large", "medium", "small"])).toBe("large, medium und small");
});
