/** Milliseconds to wait before try number `attempt` (0 is the first repeat): doubling from `first` up to `most`. */
export function backoff(attempt: number, first: number, most: number): number {
  return Math.min(most, first * 2 ** attempt);
}

/** The same, but somewhere in its upper half, so that many pages cut off together do not come back together. */
export function jittered(delay: number, random: () => number = Math.random): number {
  return delay / 2 + (delay / 2) * random();
}

/** Resolves after `delay` milliseconds, or at once when the signal is aborted. */
export function pause(delay: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, delay);
    signal.addEventListener("abort", done);
  });
}
