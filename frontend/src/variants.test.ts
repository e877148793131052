import { expect, test } from "vitest";
import { fileName, judged, merge, preferred, thumbnail } from "./variants.ts";

const variant = (preset: string, width: number, bytes: number) => ({
  preset,
  format: "jpeg",
  url: `https://y/${preset}.jpg`,
  width,
  height: width / 2,
  bytes,
});
const ORIGINAL = { bytes: 1000, format: "jpeg", width: 640, height: 320 };

test("variants with the same content are one, under all their names", () => {
  const merged = merge([variant("large", 640, 900), variant("medium", 640, 900), variant("thumb", 320, 400)]);
  expect(merged.map(({ presets }) => presets)).toEqual([["large", "medium"], ["thumb"]]);
});

test("no variant that is larger than its original is shown first", () => {
  const merged = merge([
    variant("large", 640, 1130),
    variant("medium", 600, 950),
    variant("thumb", 320, 400),
  ]);
  expect(preferred(ORIGINAL, merged)?.preset).toBe("medium");
  const allLarger = merge([variant("large", 640, 1300), variant("medium", 600, 1200)]);
  expect(preferred(ORIGINAL, allLarger)?.preset).toBe("medium");
});

test.each([
  [110, "good"],
  [1130, "bad"],
  [1000, "even"],
  [998, "even"],
])("of 1000 bytes %i are %s", (bytes, judgement) => {
  expect(judged(1000, bytes)).toBe(judgement);
});

test("a thumbnail is the smallest variant that fills its square", () => {
  const all = [variant("large", 1920, 9), variant("thumb", 320, 9), variant("tiny", 100, 9)];
  expect(thumbnail(all, 96)?.preset).toBe("thumb");
  expect(thumbnail(all, 4000)?.preset).toBe("large");
  expect(thumbnail([], 96)).toBeUndefined();
});

test("a downloaded variant has its original's name", () => {
  const [large] = merge([variant("large", 640, 900)]);
  if (!large) throw new Error("nothing was merged");
  expect(fileName("holidays/beach.day.png", large)).toBe("holidays/beach.day-large.jpg");
  expect(fileName("no extension", large)).toBe("no extension-large.jpg");
});
