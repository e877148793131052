import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { watchNetwork } from "./network.ts";

let online: boolean;
let answers: boolean;
let noticed: () => void;
const probe = vi.fn(async () => answers);
const network = () =>
  watchNetwork({ isOnline: () => online, onChange: (heard) => (noticed = heard), probe: () => probe() });

beforeEach(() => {
  vi.useFakeTimers();
  probe.mockClear();
  online = true;
  answers = true;
});
afterEach(() => {
  vi.useRealTimers();
});

test("a browser that says offline is believed, and waiting ends when it says online", async () => {
  const net = network();
  const up = vi.fn();
  online = false;
  noticed();
  expect(net.isUp()).toBe(false);
  void net.up(new AbortController().signal).then(up);
  await vi.advanceTimersByTimeAsync(0);
  expect(up).not.toHaveBeenCalled();
  online = true;
  noticed();
  await vi.advanceTimersByTimeAsync(0);
  expect(up).toHaveBeenCalledOnce();
});

test("a browser that says online is held against the server, and the page notices by itself when it is back", async () => {
  const net = network();
  const heard: boolean[] = [];
  net.listen((isUp) => heard.push(isUp));
  answers = false;
  expect(await net.doubt()).toBe(false);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(net.isUp()).toBe(false);
  answers = true;
  await vi.advanceTimersByTimeAsync(20_000);
  expect(heard).toEqual([false, true]);
});

test("a browser that is offline for long goes on when it is back, without an event too", async () => {
  const net = network();
  online = false;
  noticed();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(net.isUp()).toBe(false);
  online = true;
  await vi.advanceTimersByTimeAsync(20_000);
  expect(net.isUp()).toBe(true);
});

test("doubts at the same time share one probe", async () => {
  const net = network();
  expect(await Promise.all([net.doubt(), net.doubt(), net.doubt()])).toEqual([true, true, true]);
  expect(probe).toHaveBeenCalledOnce();
});

test("who is cancelled waits no longer", async () => {
  const net = network();
  online = false;
  noticed();
  const cancelled = new AbortController();
  const wait = net.up(cancelled.signal);
  cancelled.abort();
  await wait;
  expect(net.isUp()).toBe(false);
});
