import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { atMostEvery } from "./steady.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("the first of many is done at once, the last one is never lost, and between them there is rest", () => {
  const done: number[] = [];
  let asked = 0;
  const soon = atMostEvery(100, () => done.push(asked));
  for (asked = 1; asked <= 25; asked += 1) {
    soon();
    vi.advanceTimersByTime(10);
  }
  expect(done).toEqual([1, 10, 20]);
  vi.advanceTimersByTime(100);
  expect(done).toEqual([1, 10, 20, 26]);
  vi.advanceTimersByTime(1000);
  expect(done).toHaveLength(4);
  soon();
  expect(done).toHaveLength(5);
});
