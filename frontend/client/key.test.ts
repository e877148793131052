import { expect, test } from "vitest";
import { encodeKey, manifestUrl, publicId, safeName, uploadKey } from "./key.ts";

test.each([
  ["cat.jpg", "cat.jpg"],
  ["a b+c%.jpg", "a b+c%.jpg"],
  ["日本.jpg", "日本.jpg"],
  ["e\u0301.png", "\u00e9.png"],
  ["C:\\photos\\cat.jpg", "cat.jpg"],
  ["../../etc/passwd", "passwd"],
  ["line\nbreak\t\u0000.jpg", "linebreak.jpg"],
  ["gpj.\u202etac.jpg", "gpj.tac.jpg"],
  ["lone\ud800.jpg", "lone.jpg"],
  ["  two   spaces .jpg ", "two spaces .jpg"],
  [".", "image"],
  ["..", "image"],
  ["", "image"],
  ["folder/", "image"],
  ["...jpg", "...jpg"],
])("the name %j becomes %j", (name, safe) => {
  expect(safeName(name)).toBe(safe);
});

test("a long name keeps its extension, whole characters, and fits", () => {
  const name = safeName(`${"ü📷".repeat(200)}.jpeg`);
  expect(name).toMatch(/^(ü📷)+ü?\.jpeg$/u);
  const length = new TextEncoder().encode(name).length;
  expect(length).toBeLessThanOrEqual(200);
  expect(length).toBeGreaterThan(190);
});

test("keys are encoded so that a signer, a proxy and S3 all read the same", () => {
  expect(encodeKey(uploadKey("us-east-1:0-1", "u", "a b+c%'(1)!*ü.jpg"))).toBe(
    "guest/us-east-1%3A0-1/u/a%20b%2Bc%25%27%281%29%21%2A%C3%BC.jpg",
  );
  expect(decodeURIComponent(encodeKey("guest/x:y/100%/é+.jpg"))).toBe("guest/x:y/100%/é+.jpg");
});

test("the public id is the first 32 hex digits of the key's SHA-256", async () => {
  expect(await publicId("abc")).toBe("ba7816bf8f01cfea414140de5dae2223"); // FIPS 180-2's example
  expect(manifestUrl("https://x", "ba78")).toBe("https://x/guest/ba78/manifest.json");
});
