// Waiting for the outcome of one upload: by notice where there is a socket, by the manifest where there is none. The
// manifest is the truth and the notice a hint, so even with a socket the manifest is looked at now and then.

import { backoff } from "./backoff.ts";
import type { Watch } from "./notices.ts";
import type { Outcome } from "./outcome.ts";
import type { Pulse } from "./pulse.ts";

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
  /** Outcomes of all uploads: while some come, a batch moves, and its last picture is only far behind. */
  pulse: Pulse;
}

/** One upload being followed. */
export interface Following {
  /** The original is stored: from now on there may be a manifest. */
  stored(): void;
  stop(): void;
}

/** Milliseconds without an outcome of any upload, after which this one is called slow. */
export const SLOW_MS = 15_000;

/** Milliseconds without an outcome of any upload, after which this one is given up. */
export const GIVE_UP_MS = 10 * 60_000;

/**
 * Milliseconds from `watching` to the look that finds a notice missed before it. The notice of an original that was just
 * stored is still to come, and spares the look.
 */
export const CATCH_UP_MS = 1000;

/**
 * While the socket is there and outcomes of other uploads come, this one has only others before it: its looks are put off, each
 * time by `wait` milliseconds and together by `most`.
 */
export const PUT_OFF_MS = { wait: 5000, most: 60_000 };

/** Whether notices come: surely, later when the socket has room, or not at all. */
export type Hearing = "watched" | "queued" | "alone";

/** Milliseconds to the first look, and between the rarest ones. */
const LOOKS: Record<Hearing, [first: number, most: number]> = {
  watched: [10_000, 60_000],
  queued: [30_000, 60_000],
  alone: [1000, 5000],
};

/** Milliseconds to the next look at the manifest, after `looks` of them: rare where a notice will tell anyway. */
export function lookDelay(looks: number, hearing: Hearing): number {
  return backoff(looks, ...LOOKS[hearing]);
}

/** Follows an upload by its public id until its outcome is known. */
export function follow(id: string, { watch, read, settled, slow, gaveUp, pulse }: Follow): Following {
  const stopped = new AbortController();
  const timers: ReturnType<typeof setTimeout>[] = [];

  const stop = () => {
    stopped.abort();
    unwatch();
    looks.stop();
    timers.forEach(clearTimeout);
  };
  const settle = (outcome: Outcome) => {
    if (stopped.signal.aborted) return;
    stop();
    pulse.beat();
    settled(outcome);
  };
  const looks = newLooks(pulse, async () => {
    const outcome = await read(id, stopped.signal);
    if (outcome) settle(outcome);
  });
  /** Runs `work` after `ms` without an outcome of any upload. */
  const afterSilence = (ms: number, work: () => void, delay = ms) => {
    const check = () => {
      const left = ms - pulse.silence();
      if (left > 0) afterSilence(ms, work, left);
      else work();
    };
    timers.push(setTimeout(check, delay));
  };

  let wasLost = false;
  const unwatch = watch(id, {
    watching() {
      // The notice may have gone by before; not so while the original is still on its way.
      looks.hear("watched", wasLost ? 0 : CATCH_UP_MS);
      wasLost = false;
    },
    queued: () => looks.hear("queued"),
    lost() {
      wasLost = true;
      looks.hear("alone");
    },
    notice(outcome) {
      if (outcome) settle(outcome);
      else void looks.now();
    },
  });

  return {
    stored() {
      if (stopped.signal.aborted) return; // the notice was quicker
      afterSilence(SLOW_MS, slow);
      afterSilence(GIVE_UP_MS, () => {
        stop();
        gaveUp();
      });
      looks.start();
    },
    stop,
  };
}

/** When a manifest is looked at. */
interface Looks {
  /** From now on there may be a manifest. */
  start(): void;
  /** Notices come differently; the next look is after `delay` milliseconds. */
  hear(hearing: Hearing, delay?: number): void;
  now(): Promise<void>;
  stop(): void;
}

/** Looks by `look`, ever more rarely, until stopped. */
function newLooks(pulse: Pulse, look: () => Promise<void>): Looks {
  let state: "waiting" | "looking" | "stopped" = "waiting";
  let hearing: Hearing = "alone";
  let count = 0;
  let putOff = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const schedule = (delay = lookDelay(count, hearing)) => {
    clearTimeout(timer);
    if (state === "looking") timer = setTimeout(due, delay);
  };
  const due = () => {
    const isMoving = hearing !== "alone" && pulse.silence() < PUT_OFF_MS.wait;
    if (!isMoving || putOff >= PUT_OFF_MS.most) return void now();
    putOff += PUT_OFF_MS.wait;
    schedule(PUT_OFF_MS.wait);
  };
  const now = async () => {
    clearTimeout(timer);
    putOff = 0;
    count += 1;
    await look();
    schedule();
  };
  return {
    start() {
      state = "looking";
      schedule();
    },
    hear(how, delay) {
      if (how === "queued" && hearing === "queued") return; // said again whenever another picture is done
      hearing = how;
      count = 0;
      schedule(delay);
    },
    now,
    stop() {
      state = "stopped";
      clearTimeout(timer);
    },
  };
}
