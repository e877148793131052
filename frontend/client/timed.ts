/** A signal that aborts after `ms`, and with `outer`. `done` stops its clock. */
export function timed(ms: number, outer?: AbortSignal): { signal: AbortSignal; done(): void } {
  const inner = new AbortController();
  const abort = () => inner.abort();
  const timer = setTimeout(abort, ms);
  outer?.addEventListener("abort", abort);
  if (outer?.aborted) abort();
  return {
    signal: inner.signal,
    done() {
      clearTimeout(timer);
      outer?.removeEventListener("abort", abort);
    },
  };
}

/** A short answer from the network: its status and its text. Throws what `fetch` throws, also when it takes too long. */
export async function fetchText(
  url: string,
  init: RequestInit,
  ms: number,
): Promise<{ ok: boolean; status: number; text: string }> {
  const { signal, done } = timed(ms, init.signal ?? undefined);
  try {
    const answer = await fetch(url, { ...init, signal });
    return { ok: answer.ok, status: answer.status, text: await answer.text() };
  } finally {
    done();
  }
}
