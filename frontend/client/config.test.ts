import { expect, test } from "vitest";
import { SAMPLE } from "./config.sample.ts";
import { parseConfig } from "./config.ts";

const VALID = {
  region: "us-east-1",
  identityPoolId: "us-east-1:0",
  inputBucket: "in",
  websocketUrl: "wss://socket.example/live",
  publicUrl: "https://public.example/",
  guestDays: SAMPLE.guestDays,
  accepts: SAMPLE.accepts,
};

test("a whole configuration is read, and URLs lose the slash at their end", () => {
  expect(parseConfig(JSON.stringify(VALID))).toEqual({ ...VALID, publicUrl: "https://public.example" });
  expect(parseConfig(JSON.stringify({ ...VALID, endpoint: "http://127.0.0.1:4566/" })).endpoint).toBe(
    "http://127.0.0.1:4566",
  );
});

test.each([
  ["not JSON", "<!doctype html>", "config.json is not JSON"],
  ["a list", "[]", "config.json is not an object"],
  ["no region", { ...VALID, region: undefined }, "region"],
  ["an empty bucket", { ...VALID, inputBucket: "" }, "inputBucket"],
  ["a number", { ...VALID, identityPoolId: 7 }, "identityPoolId"],
  ["a script as URL", { ...VALID, publicUrl: "javascript:alert(1)" }, "publicUrl"],
  ["http as WebSocket", { ...VALID, websocketUrl: "https://x" }, "websocketUrl"],
  ["no days", { ...VALID, guestDays: "7" }, "guestDays"],
  ["no limits", { ...VALID, accepts: undefined }, "accepts"],
  ["a limit of nothing", { ...VALID, accepts: { ...SAMPLE.accepts, maxBytes: 0 } }, "accepts.maxBytes"],
  ["half an endpoint", { ...VALID, endpoint: "127.0.0.1:4566" }, "endpoint"],
])("%s is refused, and the message names the field", (_, source, field) => {
  const text = typeof source === "string" ? source : JSON.stringify(source);
  expect(() => parseConfig(text)).toThrow(field);
});
