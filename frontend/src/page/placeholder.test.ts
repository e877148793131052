import { thumbHashToRGBA } from "thumbhash";
import { expect, test } from "vitest";
import { decoded } from "./placeholder.ts";

test("a ThumbHash is decoded, and anything else is not", () => {
  const hash = decoded("2GgGLRKkgjNm+Jp3hHdoiAh1hmBY");
  if (!hash) throw new Error("the hash of the manifest's documentation is not decoded");
  const { w, h, rgba } = thumbHashToRGBA(hash);
  expect([w, h]).toEqual([23, 32]); // upright, as its original of 2000 × 3008, as near as a hash knows
  expect(rgba.length).toBe(w * h * 4);
  for (const bad of ["", "2Gg", "<svg>", "AAAA", `${"AAAA".repeat(12)}`])
    expect(decoded(bad), bad).toBeUndefined();
});
