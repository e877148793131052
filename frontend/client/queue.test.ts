import { expect, test } from "vitest";
import { newQueue } from "./queue.ts";

test("no more than its width at once, in order", async () => {
  const queue = newQueue(2);
  const started: number[] = [];
  const finish: (() => void)[] = [];
  for (let at = 0; at < 4; at += 1) {
    queue.add(() => {
      started.push(at);
      return new Promise((resolve) => {
        finish[at] = resolve;
      });
    });
  }
  const settle = () => new Promise((resolve) => setTimeout(resolve));
  expect(started).toEqual([0, 1]);
  finish[1]?.();
  await settle();
  expect(started).toEqual([0, 1, 2]);
  finish[0]?.();
  finish[2]?.();
  await settle();
  expect(started).toEqual([0, 1, 2, 3]);
});

test("a paused queue starts nothing, and goes on where it was", async () => {
  const queue = newQueue(1);
  const started: number[] = [];
  queue.pause();
  for (const at of [1, 2]) queue.add(async () => void started.push(at));
  expect(started).toEqual([]);
  queue.resume();
  await new Promise((resolve) => setTimeout(resolve));
  expect(started).toEqual([1, 2]);
});
