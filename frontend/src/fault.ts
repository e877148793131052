/** What went wrong, said to the person at the page, with what to do next. */
export class Fault extends Error {
  /** What the person can do about it. */
  readonly advice: string;

  constructor(message: string, advice: string) {
    super(message);
    this.advice = advice;
  }
}

/** Any thrown value as a fault. What we did not foresee keeps its own message, so that it can be reported. */
export function asFault(thrown: unknown): Fault {
  if (thrown instanceof Fault) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new Fault(
    `Something unforeseen went wrong: ${message}`,
    "Retry. If it happens again, reload the page.",
  );
}
