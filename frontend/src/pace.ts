// How long a batch will take yet, judged by how it went in the last seconds.

/** What is counted: cumulative, so that it falls only when pictures leave the list. */
export interface Progress {
  sent: number;
  bytes: number;
  open: number;
  all: number;
}

/** Milliseconds that are looked back on. */
const WINDOW_MS = 20_000;

/** Milliseconds of work without which nothing can be said. */
const LEAST_MS = 3000;

/** Watches a batch. Returns how to report progress at a time; the answer is milliseconds left, or undefined while unknown. */
export function newPace(): (progress: Progress, now: number) => number | undefined {
  let seen: { at: number; sent: number; done: number }[] = [];
  return ({ sent, bytes, open, all }, now) => {
    const done = all - open;
    const last = seen.at(-1);
    if (open === 0 || (last && (done < last.done || sent < last.sent))) seen = []; // idle, or another batch
    if (open === 0) return undefined;
    seen = [...seen.filter(({ at }) => at >= now - WINDOW_MS), { at: now, sent, done }];
    const first = seen[0];
    if (!first || now - first.at < LEAST_MS || done === first.done) return undefined;
    const elapsed = now - first.at;
    const rendering = (open * elapsed) / (done - first.done);
    const sending = sent > first.sent ? ((bytes - sent) * elapsed) / (sent - first.sent) : 0;
    return Math.max(rendering, sending);
  };
}

/** A time left that does not pretend to know better: steps of 5 seconds, then whole minutes. */
export function rounded(ms: number): number {
  const step = ms < 60_000 ? 5000 : 60_000;
  return Math.max(step, Math.round(ms / step) * step);
}
