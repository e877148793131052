import { expect, test, vi } from "vitest";
import { backoff, jittered, pause } from "./backoff.ts";

test("delays double up to a ceiling", () => {
  expect([0, 1, 2, 3, 4, 50, 5000].map((attempt) => backoff(attempt, 1000, 5000))).toEqual([
    1000, 2000, 4000, 5000, 5000, 5000, 5000,
  ]);
});

test("jitter stays in the upper half", () => {
  expect(jittered(1000, () => 0)).toBe(500);
  expect(jittered(1000, () => 1)).toBe(1000);
});

test("a pause ends early when it is aborted", async () => {
  vi.useFakeTimers();
  const stop = new AbortController();
  const paused = pause(1e9, stop.signal);
  stop.abort();
  await paused;
  await pause(1e9, stop.signal);
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});
