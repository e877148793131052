/** Runs work later, when there is room. */
export type Queue = (work: () => Promise<void>) => void;

/** A queue that runs at most `width` pieces of work at once, first come first served. Work reports its own errors. */
export function newQueue(width: number): Queue {
  const waiting: (() => Promise<void>)[] = [];
  let running = 0;
  const fill = () => {
    while (running < width) {
      const work = waiting.shift();
      if (!work) return;
      running += 1;
      void work().finally(() => {
        running -= 1;
        fill();
      });
    }
  };
  return (work) => {
    waiting.push(work);
    fill();
  };
}
