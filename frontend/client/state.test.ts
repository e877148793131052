import { expect, test } from "vitest";
import { Fault } from "./fault.ts";
import { type Event, next, type State } from "./state.ts";

const fault = new Fault("busy");
const settled: Event = { type: "settled", outcome: { outcome: "removed" } };
const failed: Event = { type: "failed", fault };
const run = (...events: Event[]) => events.reduce<State>(next, { step: "queued" });

test("an upload from its start to its outcome", () => {
  const states: State["step"][] = [];
  const events: Event[] = [{ type: "started" }, { type: "sent", fraction: 0.5 }, { type: "stored" }, settled];
  events.reduce<State>(
    (state, event) => {
      const after = next(state, event);
      states.push(after.step);
      return after;
    },
    { step: "queued" },
  );
  expect(states).toEqual(["uploading", "uploading", "rendering", "settled"]);
});

test("a notice may overtake the answer to the upload", () => {
  expect(run({ type: "started" }, settled, { type: "stored" }).step).toBe("settled");
});

test("a failure before the original is stored repeats the upload, one after it only the wait", () => {
  expect(run({ type: "started" }, failed)).toEqual({ step: "failed", fault, stored: false });
  expect(run({ type: "started" }, failed, { type: "retried" }).step).toBe("queued");
  expect(run({ type: "started" }, { type: "stored" }, failed, { type: "retried" }).step).toBe("rendering");
});

test("an upload that is cut off waits, and starts again when the network is back", () => {
  expect(run({ type: "started" }, { type: "sent", fraction: 0.9 }, { type: "cut off" }).step).toBe("waiting");
  expect(run({ type: "cut off" }, { type: "started" })).toEqual({ step: "uploading", fraction: 0 });
  expect(run({ type: "cut off" }, failed).step).toBe("failed");
});

test("slow is said once", () => {
  const slow = run({ type: "started" }, { type: "stored" }, { type: "slow" });
  expect(slow).toEqual({ step: "rendering", slow: true });
  expect(next(slow, { type: "slow" })).toBe(slow);
});

test.each<[string, Event[], Event]>([
  ["progress before the start", [], { type: "sent", fraction: 1 }],
  ["progress after the end", [{ type: "started" }, { type: "stored" }], { type: "sent", fraction: 1 }],
  ["a repeated start", [{ type: "started" }, { type: "sent", fraction: 0.5 }], { type: "started" }],
  ["a cut while rendering", [{ type: "started" }, { type: "stored" }], { type: "cut off" }],
  ["a second outcome", [{ type: "started" }, settled], settled],
  ["a failure after the outcome", [{ type: "started" }, settled], failed],
  ["an outcome after the failure", [{ type: "started" }, failed], settled],
  ["a retry of what goes well", [{ type: "started" }], { type: "retried" }],
])("%s changes nothing", (_, before, event) => {
  const state = run(...before);
  expect(next(state, event)).toBe(state);
});
