/** Runs work later, when there is room. */
export interface Queue {
  add(work: () => Promise<void>): void;
  /** Starts no more work until `resume`. Running work goes on. */
  pause(): void;
  resume(): void;
}

/** A queue that runs at most `width` pieces of work at once, first come first served. Work reports its own errors. */
export function newQueue(width: number): Queue {
  const waiting: (() => Promise<void>)[] = [];
  let running = 0;
  let isPaused = false;
  const fill = () => {
    while (running < width && !isPaused) {
      const work = waiting.shift();
      if (!work) return;
      running += 1;
      void work().finally(() => {
        running -= 1;
        fill();
      });
    }
  };
  return {
    add(work) {
      waiting.push(work);
      fill();
    },
    pause() {
      isPaused = true;
    },
    resume() {
      isPaused = false;
      fill();
    },
  };
}
