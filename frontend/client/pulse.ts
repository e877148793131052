/** Tells how long ago an outcome came, of whichever upload. */
export interface Pulse {
  /** An outcome has come. */
  beat(): void;
  /** Milliseconds since the last outcome; infinite before the first. */
  silence(): number;
}

export function newPulse(): Pulse {
  let last = Number.NEGATIVE_INFINITY;
  return {
    beat() {
      last = performance.now();
    },
    silence: () => performance.now() - last,
  };
}
