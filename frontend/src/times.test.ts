import { expect, test } from "vitest";
import { Fault } from "../client/fault.ts";
import type { State } from "../client/state.ts";
import { phases, stamped, type Times, total } from "./times.ts";

const JOB = { fetch: 5, decode: 40, render: 30, store: 25 };
const removed: State = { step: "settled", outcome: { outcome: "removed" } };

/** The times after these states, 100 ms apart. */
const after = (...states: State[]) =>
  states.reduce<Times>((times, state, at) => stamped(times, state, at * 100), { chosen: 0 });

test("every part of the way has its length, and the clocks need not agree", () => {
  const times = after(
    { step: "queued" },
    { step: "waiting" },
    { step: "uploading", fraction: 0 },
    { step: "uploading", fraction: 0.5 },
    { step: "rendering", slow: false },
    { step: "rendering", slow: true },
    removed,
  );
  expect(phases(times, JOB).map(({ name, ms }) => [name.replace("time.", ""), ms])).toEqual([
    ["waited", 200],
    ["uploaded", 200],
    ["queued", 100],
    ["fetched", 5],
    ["decoded", 40],
    ["rendered", 30],
    ["stored", 25],
  ]);
  expect(total(times)).toBe(600);
});

test("a notice that overtakes the answer to the upload leaves no negative time", () => {
  const times = after({ step: "queued" }, { step: "uploading", fraction: 0 }, removed);
  expect(phases(times, JOB).map(({ ms }) => ms)).toEqual([100, 100, 0, 5, 40, 30, 25]);
});

test("a retry starts again", () => {
  const failed: State = { step: "failed", fault: new Fault("refused"), stored: false };
  const times = after({ step: "queued" }, { step: "uploading", fraction: 0 }, failed, { step: "queued" });
  expect(times).toEqual({ chosen: 300 });
});

test("after a reload only the job's own parts are known", () => {
  expect(phases({ chosen: 0, settled: 5 }, JOB)).toHaveLength(4);
  expect(total({ chosen: 0, settled: 5 })).toBeUndefined();
});
