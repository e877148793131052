import { afterEach, expect, test, vi } from "vitest";
import { SAMPLE } from "./config.sample.ts";
import { Fault } from "./fault.ts";
import { classify, originalUrl, put, STALLED_MS } from "./put.ts";

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const CONFIG = SAMPLE;

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
  [403, error("AccessDenied"), "denied"],
])("status %i %s means %s", (status, body, answer) => {
  expect(classify(status, body)).toBe(answer);
});

test.each([
  [400, error("MalformedXML"), "MalformedXML"],
  [403, error("RequestTimeTooSkewed"), "clock"],
  [400, error("EntityTooLarge"), "too large"],
  [404, "", "status 404"],
])("status %i %s is a fault that says so", (status, body, words) => {
  const answer = classify(status, body);
  expect(answer).toBeInstanceOf(Fault);
  expect(`${(answer as Fault).message} ${(answer as Fault).parts.details}`).toContain(words);
  expect((answer as Fault).advice).not.toBe("");
});

/** A request that says what it is told to, and nothing by itself. */
class Mute extends EventTarget {
  static last: Mute;
  upload = new EventTarget();
  status = 0;
  responseText = "";
  constructor() {
    super();
    Mute.last = this;
  }
  open() {}
  setRequestHeader() {}
  send() {}
  abort() {
    this.dispatchEvent(new Event("loadend"));
  }
}

const GUEST = { identityId: "i", accessKeyId: "A", secretAccessKey: "S", sessionToken: "T", expiresAt: 0 };

test("a PUT that stands still is given up, one that moves is not", async () => {
  vi.useFakeTimers();
  vi.stubGlobal("XMLHttpRequest", Mute);
  const ended = vi.fn();
  const signal = new AbortController().signal;
  void put(CONFIG, GUEST, "k", new File(["x"], "x"), () => {}, signal).then(ended);
  await vi.waitFor(() => expect(Mute.last).toBeDefined());
  for (let times = 0; times < 5; times += 1) {
    await vi.advanceTimersByTimeAsync(STALLED_MS - 1000);
    Mute.last.upload.dispatchEvent(Object.assign(new Event("progress"), { loaded: 1, total: 2 }));
  }
  expect(ended).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(STALLED_MS);
  expect(ended).toHaveBeenCalledWith("again");
});
