import { expect, test } from "vitest";
import { accentFor, contrast } from "./accent.ts";

test("contrast is WCAG's", () => {
  expect(contrast("#000000", "#ffffff")).toBeCloseTo(21);
  expect(contrast("#777777", "#ffffff")).toBeCloseTo(4.48, 2);
  expect(contrast("#ffffff", "#777777")).toBeCloseTo(4.48, 2);
});

test.each(["#000000", "#ffffff", "#ff0000", "#ffff00", "#0000ff", "#7f7f7f", "#00c853"])(
  "%s can be read in both schemes, and so can the text on it",
  (colour) => {
    for (const [scheme, ground] of [
      ["dark", "#1e1816"],
      ["light", "#f6f0e8"],
    ] as const) {
      const { accent, on } = accentFor(colour, scheme);
      expect(contrast(accent, ground)).toBeGreaterThanOrEqual(4.5);
      expect(contrast(accent, on)).toBeGreaterThanOrEqual(4.5);
    }
  },
);

test("a colour that can be read stays as it is", () => {
  expect(accentFor("#0a5f38", "light").accent).toBe("#0a5f38");
  expect(accentFor("#ff7350", "dark").accent).toBe("#ff7350");
  expect(accentFor("#ff7350", "light").accent).not.toBe("#ff7350");
});
