import { expect, test } from "vitest";
import { parseManifest, parseMessage } from "./outcome.ts";

const PUBLIC = "https://public.example/out";

const VARIANT = {
  preset: "small",
  format: "jpeg",
  media_type: "image/jpeg",
  key: "guest/0/small.jpg",
  url: `${PUBLIC}/guest/0/small.jpg?v=1a2b3c4d`,
  width: 480,
  height: 640,
  bytes: 41235,
  sha256: "0",
};
const READY = {
  version: 1,
  outcome: "ready",
  original: { name: "cat.jpg", etag: "e", bytes: 3753621, format: "jpeg", width: 3024, height: 4032 },
  variants: [VARIANT],
};
const REJECTED = {
  version: 1,
  outcome: "rejected",
  original: { name: "cat.jpg", etag: "e", bytes: 3 },
  variants: [],
  rejection: { code: "not_an_image", reason: "this is text" },
};

const manifest = (json: unknown) => parseManifest(JSON.stringify(json), PUBLIC);
const notice = (json: object) =>
  parseMessage(JSON.stringify({ type: "notice", notice: { public_id: "0f", ...json } }), PUBLIC);

test("a manifest that is ready", () => {
  expect(manifest(READY)).toEqual({
    outcome: "ready",
    original: { bytes: 3753621, format: "jpeg", width: 3024, height: 4032 },
    variants: [{ preset: "small", format: "jpeg", url: VARIANT.url, width: 480, height: 640, bytes: 41235 }],
  });
});

test("a manifest's placeholder is read, and one that is no text refused", () => {
  const placed = (placeholder: unknown) => manifest({ ...READY, placeholder });
  expect(placed({ thumbhash: "2GgG", colour: "#2e3131" })).toEqual({ ...manifest(READY), thumbhash: "2GgG" });
  expect(placed({ colour: "#2e3131" })).toEqual(manifest(READY));
  expect(() => placed({ thumbhash: 7 })).toThrow("thumbhash");
});

test("a manifest of a rejection, whose original has no size", () => {
  expect(manifest(REJECTED)).toEqual({ outcome: "rejected", code: "not_an_image", reason: "this is text" });
});

test("notices", () => {
  expect(notice(READY)).toEqual({ type: "notice", id: "0f", outcome: manifest(READY) });
  expect(notice(REJECTED)).toEqual({ type: "notice", id: "0f", outcome: manifest(REJECTED) });
  expect(notice({ version: 1, outcome: "removed" })).toEqual({
    type: "notice",
    id: "0f",
    outcome: { outcome: "removed" },
  });
});

test("a notice without variants sends to the manifest", () => {
  expect(notice({ ...READY, variants: [] })).toEqual({ type: "notice", id: "0f", outcome: undefined });
});

test("the answer to watch", () => {
  expect(parseMessage('{"type":"watching","ids":["0f","1e"]}', PUBLIC)).toEqual({
    type: "watching",
    ids: ["0f", "1e"],
  });
});

test.each([
  "javascript:alert(1)",
  "data:image/png;base64,AA",
  "//public.example/out/x.jpg",
  "https://public.example/outside/x.jpg",
  "https://public.example/out/../x.jpg",
  "https://public.example/out/%2e%2e/x.jpg",
  "https://public.example@evil.example/out/x.jpg",
  "https://public.example.evil.example/out/x.jpg",
  "http://public.example/out/x.jpg",
  "https://public.example:444/out/x.jpg",
])("the URL %s is not under the public URL", (url) => {
  expect(() => manifest({ ...READY, variants: [{ ...VARIANT, url }] })).toThrow("variant.url");
});

test.each([
  ["another version", { ...READY, version: 2 }, "version"],
  ["an unknown outcome", { ...READY, outcome: "fine" }, "outcome"],
  ["no variants", { ...READY, variants: [] }, "variants"],
  ["variants that are no list", { ...READY, variants: {} }, "variants"],
  ["a negative size", { ...READY, variants: [{ ...VARIANT, width: -1 }] }, "width"],
  ["half a byte", { ...READY, variants: [{ ...VARIANT, bytes: 0.5 }] }, "bytes"],
  ["a preset that is no text", { ...READY, variants: [{ ...VARIANT, preset: ["x"] }] }, "preset"],
  ["an endless reason", { ...REJECTED, rejection: { code: "x", reason: "x".repeat(5000) } }, "reason"],
  ["a rejection without a reason", { ...REJECTED, rejection: { code: "x" } }, "reason"],
])("%s is refused", (_, json, field) => {
  expect(() => manifest(json)).toThrow(field);
});

test.each(["", "null", '{"message":"Internal server error"}', '{"type":"watching"}', '{"type":"notice"}'])(
  "the message %j is refused",
  (source) => {
    expect(() => parseMessage(source, PUBLIC)).toThrow();
  },
);
