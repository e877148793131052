/**
 * Work that is asked for often and done at once, but then at most every `ms` milliseconds. A timer, not an animation frame: the
 * list goes on in a tab in the background.
 */
export function atMostEvery(ms: number, work: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isAsked = false;
  const run = () => {
    isAsked = false;
    timer = setTimeout(rest, ms);
    work();
  };
  const rest = () => {
    timer = undefined;
    if (isAsked) run();
  };
  return () => {
    isAsked = true;
    if (timer === undefined) run();
  };
}
