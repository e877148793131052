import { expect, test } from "vitest";
import { parseDetails } from "./details.ts";

const VALID = {
  version: 1,
  html: "<picture></picture>",
  timings_ms: { fetch: 1, decode: 30, render: 12, store: 9, later: 4 },
  created_at: "2026-01-02T03:04:05.678Z",
};

test("markup and timings are read from a manifest", () => {
  expect(parseDetails(JSON.stringify(VALID))).toEqual({
    html: "<picture></picture>",
    timings: { fetch: 1, decode: 30, render: 12, store: 9 },
    createdAt: new Date(Date.UTC(2026, 0, 2, 3, 4, 5, 678)),
  });
});

test("a manifest without markup is read", () => {
  expect(parseDetails(JSON.stringify({ ...VALID, html: undefined })).html).toBe("");
});

test.each([
  ["html", { html: "" }],
  ["timings_ms", { timings_ms: undefined }],
  ["timings_ms.store", { timings_ms: { ...VALID.timings_ms, store: -1 } }],
  ["created_at", { created_at: 5 }],
])("without a good %s it is refused", (field, broken) => {
  expect(() => parseDetails(JSON.stringify({ ...VALID, ...broken }))).toThrow(field);
});
