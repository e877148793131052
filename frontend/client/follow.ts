// Waiting for the outcome of one upload: by notice where there is a socket, by the manifest where there is none. The
// manifest is the truth and the notice a hint, so even with a socket the manifest is looked at now and then.

import { backoff } from "./backoff.ts";
import type { Watch } from "./notices.ts";
import type { Outcome } from "./outcome.ts";

/** What following an upload needs, and whom it tells. */
export interface Follow {
  watch: Watch;
  /** The outcome in the manifest; undefined when there is no manifest yet. Never throws. */
  read(id: string, signal: AbortSignal): Promise<Outcome | undefined>;
  settled(outcome: Outcome): void;
  /** It takes unusually long. */
  slow(): void;
  /** Nobody looks any more. */
  gaveUp(): void;
}

/** One upload being followed. */
export interface Following {
  /** The original is stored: from now on there may be a manifest. */
  stored(): void;
  stop(): void;
}

export const SLOW_MS = 15_000;
export const GIVE_UP_MS = 10 * 60_000;

/** Whether notices come: surely, later when the socket has room, or not at all. */
export type Hearing = "watched" | "queued" | "alone";

/** Milliseconds to the next look at the manifest, after `looks` of them: rare where a notice will tell anyway. */
export function lookDelay(looks: number, hearing: Hearing): number {
  return hearing === "alone" ? backoff(looks, 1000, 5000) : backoff(looks, 10_000, 60_000);
}

/** Follows an upload by its public id until its outcome is known. */
export function follow(id: string, { watch, read, settled, slow, gaveUp }: Follow): Following {
  const stopped = new AbortController();
  let isStored = false;
  let hearing: Hearing = "alone";
  let looks = 0;
  let timers: ReturnType<typeof setTimeout>[] = [];
  let nextLook: ReturnType<typeof setTimeout> | undefined;

  const stop = () => {
    stopped.abort();
    unwatch();
    clearTimeout(nextLook);
    timers.forEach(clearTimeout);
    timers = [];
  };
  const settle = (outcome: Outcome) => {
    if (stopped.signal.aborted) return;
    stop();
    settled(outcome);
  };
  const schedule = () => {
    clearTimeout(nextLook);
    if (isStored && !stopped.signal.aborted) nextLook = setTimeout(look, lookDelay(looks, hearing));
  };
  const look = async () => {
    clearTimeout(nextLook);
    looks += 1;
    const outcome = await read(id, stopped.signal);
    if (outcome) settle(outcome);
    else schedule();
  };

  const unwatch = watch(id, {
    watching() {
      hearing = "watched";
      // The notice may have gone by before; not so while the original is still on its way.
      if (isStored) void look();
    },
    queued() {
      if (hearing === "queued") return;
      hearing = "queued";
      looks = 0;
      schedule();
    },
    lost() {
      hearing = "alone";
      looks = 0;
      schedule();
    },
    notice(outcome) {
      if (outcome) settle(outcome);
      else void look();
    },
  });

  return {
    stored() {
      if (stopped.signal.aborted) return; // the notice was quicker
      isStored = true;
      timers = [
        setTimeout(slow, SLOW_MS),
        setTimeout(() => {
          stop();
          gaveUp();
        }, GIVE_UP_MS),
      ];
      schedule();
    },
    stop,
  };
}
