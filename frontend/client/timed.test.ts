import { afterEach, expect, test, vi } from "vitest";
import { fetchText, timed } from "./timed.ts";

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("a signal aborts when its time is over, or with the outer one", () => {
  vi.useFakeTimers();
  const outer = new AbortController();
  const first = timed(1000);
  const second = timed(9000, outer.signal);
  const stopped = timed(1000);
  stopped.done();
  vi.advanceTimersByTime(1000);
  outer.abort();
  expect([first, second, stopped].map(({ signal }) => signal.aborted)).toEqual([true, true, false]);
});

test("a request that is never answered ends", async () => {
  vi.useFakeTimers();
  vi.stubGlobal("fetch", (_: string, { signal }: RequestInit) => {
    return new Promise((_, reject) =>
      signal?.addEventListener("abort", () => reject(new DOMException("", "AbortError"))),
    );
  });
  const answer = fetchText("https://x", {}, 15_000);
  const refused = expect(answer).rejects.toThrow(DOMException);
  await vi.advanceTimersByTimeAsync(15_000);
  await refused;
});
