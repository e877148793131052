// Whether the network is there. The browser's own word is believed when it says "offline"; "online" is no proof, so a
// request that got no answer is followed by a probe of the page's own server.

import { backoff, jittered, pause } from "./backoff.ts";

/** The network as uploads see it. */
export interface Network {
  isUp(): boolean;
  /** Resolves when the network is up, or the signal is aborted. */
  up(signal: AbortSignal): Promise<void>;
  /** A request got no answer: looks whether the network is down. Resolves to whether it is up. */
  doubt(): Promise<boolean>;
  /** Hears of every change. Returns how to stop. */
  listen(changed: (isUp: boolean) => void): () => void;
}

/** Milliseconds between the first and the slowest probes while the network is down. */
const FIRST_MS = 1000;
const SLOWEST_MS = 15_000;

/** The browser's part of it: `window`, in the page. */
export interface Surroundings {
  isOnline(): boolean;
  /** Hears when the browser notices a change. */
  onChange(heard: () => void): void;
  /** Whether the page's own server answers at all. Never throws. */
  probe(): Promise<boolean>;
}

/** Watches the network. */
export function watchNetwork({ isOnline, onChange, probe }: Surroundings): Network {
  const listeners = new Set<(isUp: boolean) => void>();
  let isUp = isOnline();
  let probing: Promise<boolean> | undefined;

  const set = (now: boolean) => {
    if (now === isUp) return;
    isUp = now;
    for (const heard of [...listeners]) heard(isUp);
    if (!isUp) void recover();
  };
  const look = () => {
    probing ??= (isOnline() ? probe() : Promise.resolve(false)).then((answers) => {
      probing = undefined;
      set(answers);
      return answers;
    });
    return probing;
  };
  /** Probes until the network is back. The browser's event is quicker where there is one. */
  const recover = async () => {
    for (let tries = 0; !isUp; tries += 1) {
      await pause(jittered(backoff(tries, FIRST_MS, SLOWEST_MS)), new AbortController().signal);
      if (!isUp) await look();
    }
  };
  onChange(() => {
    if (isOnline()) void look();
    else set(false);
  });
  if (!isUp) void recover();

  return {
    isUp: () => isUp,
    doubt: look,
    listen(changed) {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    up(signal) {
      return new Promise((resolve) => {
        const done = () => {
          listeners.delete(heard);
          signal.removeEventListener("abort", done);
          resolve();
        };
        const heard = (now: boolean) => now && done();
        if (isUp || signal.aborted) return resolve();
        listeners.add(heard);
        signal.addEventListener("abort", done);
      });
    },
  };
}
