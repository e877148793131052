import { expect, test } from "vitest";
import { Fault } from "../client/fault.ts";
import type { State } from "../client/state.ts";
import { count, ending, type Picture, summary, transfer } from "./batch.ts";
import { statusLine } from "./sentences.ts";

const READY: State = {
  step: "settled",
  outcome: {
    outcome: "ready",
    original: { bytes: 1000, format: "jpeg", width: 640, height: 320 },
    variants: [
      { preset: "large", format: "jpeg", url: "https://y/1", width: 640, height: 320, bytes: 1130 },
      { preset: "thumb", format: "jpeg", url: "https://y/2", width: 320, height: 160, bytes: 250 },
    ],
  },
};
const REJECTED: State = {
  step: "settled",
  outcome: {
    outcome: "rejected",
    code: "too_large",
    reason: "3600000000 pixels, the limit is 200000000",
  },
};
const REFUSED: State = {
  step: "failed",
  stored: false,
  fault: new Fault("file_empty", { file: true }),
};
const FAILED: State = { step: "failed", stored: false, fault: new Fault("no_answer") };
const picture = (state: State): Picture => ({ name: "a.jpg", size: 1000, state });
const all = (...states: State[]) => states.map(picture);

test("rejected pictures are never counted as done", () => {
  const counts = count(all(READY, REJECTED, REFUSED, FAILED, { step: "waiting" }, { step: "queued" }));
  expect(counts).toMatchObject({ all: 6, ready: 1, rejected: 2, failed: 1, waiting: 1, open: 2 });
  expect(summary(counts)).toBe("1 ready · 2 rejected · 1 failed · 2 to go");
  expect(summary(count(all(REJECTED, REJECTED)))).toBe("2 rejected");
});

test("bytes count as sent as they are sent", () => {
  const counts = count(all({ step: "uploading", fraction: 0.25 }, { step: "rendering", slow: false }));
  expect(transfer(counts)).toBe("1.25 kB of 2 kB sent");
  expect(transfer(count(all(READY)))).toBe("");
});

test("a batch ends with one sentence, a single picture with its own", () => {
  expect(ending(all(READY, READY, REJECTED))).toBe("3 pictures done: 2 ready, 1 rejected");
  expect(ending(all(REJECTED))).toBe(
    "a.jpg: Rejected. 3,600,000,000 pixels, the limit is 200,000,000. Scale the picture down, then choose it again.",
  );
});

test("the best saving is told, never a loss where there is a saving", () => {
  expect(statusLine(1000, READY)).toBe("Ready · 2 variants · thumb is 75% smaller");
});
