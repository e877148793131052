import { expect, test } from "vitest";
import { newPace, rounded } from "./pace.ts";

/** The time left after steady work: `done` pictures and `sent` bytes a second, of 100 pictures and 1000 bytes. */
function steady(seconds: number, done: number, sent: number): number | undefined {
  const pace = newPace();
  let left: number | undefined;
  for (let second = 0; second <= seconds; second += 1) {
    const progress = {
      all: 100,
      open: 100 - done * second,
      bytes: 1000,
      sent: Math.min(1000, sent * second),
    };
    left = pace(progress, second * 1000);
  }
  return left;
}

test("the slower of sending and rendering decides", () => {
  expect(steady(10, 2, 1000)).toBeCloseTo(40_000);
  expect(steady(10, 5, 10)).toBeCloseTo(90_000);
});

test("nothing is said too early, without progress, or when all is done", () => {
  expect(steady(2, 2, 10)).toBeUndefined();
  expect(steady(10, 0, 10)).toBeUndefined();
  expect(steady(50, 2, 10)).toBeUndefined();
});

test("only the last seconds count", () => {
  const pace = newPace();
  const at = (second: number, done: number) =>
    pace({ all: 100, open: 100 - done, bytes: 0, sent: 0 }, second * 1000);
  at(0, 0);
  at(100, 1); // a slow start
  at(110, 11);
  expect(at(120, 21)).toBeCloseTo((79 * 20_000) / 20);
});

test("pictures that leave the list start the watch again", () => {
  const pace = newPace();
  pace({ all: 100, open: 50, bytes: 0, sent: 0 }, 0);
  pace({ all: 100, open: 40, bytes: 0, sent: 0 }, 5000);
  expect(pace({ all: 45, open: 40, bytes: 0, sent: 0 }, 6000)).toBeUndefined();
});

test("what is shown does not pretend to know the second", () => {
  expect([100, 12_400, 58_000, 59_999, 89_000, 91_000].map(rounded)).toEqual([
    5000, 10_000, 60_000, 60_000, 60_000, 120_000,
  ]);
});
