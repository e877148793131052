import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { CATCH_UP_MS, follow, GIVE_UP_MS, type Hearing, lookDelay, PUT_OFF_MS, SLOW_MS } from "./follow.ts";
import type { Watcher } from "./notices.ts";
import type { Outcome } from "./outcome.ts";
import { newPulse } from "./pulse.ts";

const REMOVED: Outcome = { outcome: "removed" };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Follows one upload, with hands on both ends: the socket and the manifest. */
function followed(pulse = newPulse()) {
  const heard: (string | Outcome)[] = [];
  const seen = { looks: 0, isWatched: true, manifest: undefined as Outcome | undefined };
  let socket: Watcher | undefined;
  const following = follow("0f", {
    watch(_, watcher) {
      socket = watcher;
      return () => {
        seen.isWatched = false;
      };
    },
    async read() {
      seen.looks += 1;
      return seen.manifest;
    },
    settled: (outcome) => heard.push(outcome),
    slow: () => heard.push("slow"),
    gaveUp: () => heard.push("gave up"),
    pulse,
  });
  if (!socket) throw new Error("follow did not watch");
  return { following, heard, seen, socket };
}

test("looks at the manifest: every second and slower without a socket, rarely with one", () => {
  const delays = (hearing: Hearing) => [0, 1, 2, 3, 9].map((looks) => lookDelay(looks, hearing));
  expect(delays("alone")).toEqual([1000, 2000, 4000, 5000, 5000]);
  expect(delays("watched")).toEqual([10_000, 20_000, 40_000, 60_000, 60_000]);
  expect(delays("queued")).toEqual([30_000, 60_000, 60_000, 60_000, 60_000]);
});

test("a notice settles it, also before the upload is answered, and only once", async () => {
  const { following, heard, seen, socket } = followed();
  socket.watching();
  socket.notice(REMOVED);
  socket.notice(REMOVED);
  following.stored();
  await vi.advanceTimersByTimeAsync(GIVE_UP_MS);
  expect(heard).toEqual([REMOVED]);
  expect(seen).toMatchObject({ looks: 0, isWatched: false });
});

test("watching that comes after the upload reads the manifest soon, for a notice may have gone by", async () => {
  const { following, heard, seen, socket } = followed();
  seen.manifest = REMOVED;
  following.stored();
  socket.watching();
  await vi.advanceTimersByTimeAsync(CATCH_UP_MS - 1);
  expect(seen.looks).toBe(0); // most notices come by then, and spare the look
  await vi.advanceTimersByTimeAsync(1);
  expect(heard).toEqual([REMOVED]);
});

test("a socket that comes back reads the manifest at once", async () => {
  const { following, heard, seen, socket } = followed();
  socket.watching();
  following.stored();
  socket.lost();
  seen.manifest = REMOVED;
  socket.watching();
  await vi.advanceTimersByTimeAsync(0);
  expect(heard).toEqual([REMOVED]);
});

test("without a socket the manifest is polled", async () => {
  const { following, heard, seen } = followed();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(seen.looks).toBe(0); // nothing is stored yet
  following.stored();
  await vi.advanceTimersByTimeAsync(1000);
  expect(seen.looks).toBe(1);
  seen.manifest = REMOVED;
  await vi.advanceTimersByTimeAsync(2000);
  expect(heard).toEqual([REMOVED]);
});

test("a lost socket goes back to quick polling", async () => {
  const { following, heard, seen, socket } = followed();
  socket.watching();
  following.stored();
  await vi.advanceTimersByTimeAsync(2000);
  expect(seen.looks).toBe(0);
  seen.manifest = REMOVED;
  socket.lost();
  await vi.advanceTimersByTimeAsync(1000);
  expect(heard).toEqual([REMOVED]);
});

test("a picture that waits for room on the socket looks rarely, and soon after it has it", async () => {
  const { following, heard, seen, socket } = followed();
  following.stored();
  socket.queued();
  await vi.advanceTimersByTimeAsync(29_999);
  socket.queued(); // said again whenever another picture is done: it changes nothing
  expect(seen.looks).toBe(0);
  await vi.advanceTimersByTimeAsync(1);
  expect(seen.looks).toBe(1);
  seen.manifest = REMOVED;
  socket.watching();
  await vi.advanceTimersByTimeAsync(CATCH_UP_MS);
  expect(heard).toEqual(["slow", REMOVED]);
  expect(seen.looks).toBe(2);
});

test("looks are put off while a batch moves, but not for ever", async () => {
  const pulse = newPulse();
  const { following, seen, socket } = followed(pulse);
  socket.watching();
  following.stored();
  const second = async () => {
    pulse.beat();
    await vi.advanceTimersByTimeAsync(1000);
  };
  for (let at = 0; at < (lookDelay(0, "watched") + PUT_OFF_MS.most) / 1000 - 1; at += 1) await second();
  expect(seen.looks).toBe(0);
  await second();
  expect(seen.looks).toBe(1);
});

test("a notice that could not carry its variants sends to the manifest", async () => {
  const { following, heard, seen, socket } = followed();
  following.stored();
  seen.manifest = REMOVED;
  socket.notice(undefined);
  await vi.advanceTimersByTimeAsync(0);
  expect(heard).toEqual([REMOVED]);
});

test("a notice that never comes is found out by the manifest", async () => {
  const { following, heard, seen, socket } = followed();
  socket.watching();
  following.stored();
  seen.manifest = REMOVED;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(heard).toEqual([REMOVED]);
});

test("it says when it is slow, and gives up in the end", async () => {
  const { following, heard, seen } = followed();
  following.stored();
  await vi.advanceTimersByTimeAsync(SLOW_MS);
  expect(heard).toEqual(["slow"]);
  await vi.advanceTimersByTimeAsync(GIVE_UP_MS);
  expect(heard).toEqual(["slow", "gave up"]);
  expect(vi.getTimerCount()).toBe(0);
  expect(seen.isWatched).toBe(false);
});

test("a picture far behind in a batch is not given up while others get their outcomes", async () => {
  const pulse = newPulse();
  const { following, heard, socket } = followed(pulse);
  following.stored();
  for (let at = 0; at < 6; at += 1) {
    await vi.advanceTimersByTimeAsync(GIVE_UP_MS / 2);
    const other = followed(pulse);
    other.socket.notice(REMOVED);
  }
  expect(heard).toEqual(["slow"]);
  await vi.advanceTimersByTimeAsync(GIVE_UP_MS - 1);
  expect(heard).toEqual(["slow"]);
  socket.notice(REMOVED);
  expect(heard).toEqual(["slow", REMOVED]);
});

test("once a batch stands still, its pictures are given up", async () => {
  const pulse = newPulse();
  const { following, heard } = followed(pulse);
  following.stored();
  await vi.advanceTimersByTimeAsync(SLOW_MS - 1);
  pulse.beat();
  await vi.advanceTimersByTimeAsync(SLOW_MS - 1);
  expect(heard).toEqual([]);
  await vi.advanceTimersByTimeAsync(GIVE_UP_MS - SLOW_MS);
  expect(heard).toEqual(["slow"]);
  await vi.advanceTimersByTimeAsync(1);
  expect(heard).toEqual(["slow", "gave up"]);
  expect(vi.getTimerCount()).toBe(0);
});

test("stopped is stopped", async () => {
  const { following, heard, seen } = followed();
  following.stored();
  following.stop();
  seen.manifest = REMOVED;
  await vi.advanceTimersByTimeAsync(GIVE_UP_MS);
  expect(heard).toEqual([]);
  expect(seen.looks).toBe(0);
});
