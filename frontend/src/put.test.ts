import { expect, test } from "vitest";
import { Fault } from "./fault.ts";
import { classify, originalUrl } from "./put.ts";

const CONFIG = {
  region: "eu-west-1",
  identityPoolId: "p",
  inputBucket: "in",
  websocketUrl: "wss://x",
  publicUrl: "https://y",
};

test("buckets are host names on AWS and path segments on a local stack", () => {
  expect(originalUrl(CONFIG, "guest/a:b/ü.jpg")).toBe(
    "https://in.s3.eu-west-1.amazonaws.com/guest/a%3Ab/%C3%BC.jpg",
  );
  expect(originalUrl({ ...CONFIG, endpoint: "http://127.0.0.1:4566" }, "k")).toBe(
    "http://127.0.0.1:4566/in/k",
  );
});

const error = (code: string) => `<?xml version="1.0"?><Error><Code>${code}</Code></Error>`;

test.each([
  [200, "", "stored"],
  [412, error("PreconditionFailed"), "stored"],
  [0, "", "again"],
  [503, error("SlowDown"), "again"],
  [500, "", "again"],
  [409, error("ConditionalRequestConflict"), "again"],
  [400, error("RequestTimeout"), "again"],
  [400, error("ExpiredToken"), "expired"],
  [403, error("InvalidAccessKeyId"), "expired"],
])("status %i %s means %s", (status, body, answer) => {
  expect(classify(status, body)).toBe(answer);
});

test.each([
  [403, error("AccessDenied"), "AccessDenied"],
  [403, error("RequestTimeTooSkewed"), "clock"],
  [400, error("EntityTooLarge"), "too large"],
  [404, "", "status 404"],
])("status %i %s is a fault that says so", (status, body, words) => {
  const answer = classify(status, body);
  expect(answer).toBeInstanceOf(Fault);
  expect((answer as Fault).message).toContain(words);
  expect((answer as Fault).advice).not.toBe("");
});
