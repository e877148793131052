/** What a fault has beside its words. */
export interface FaultParts {
  /** Words for those who run the stack; the page keeps them behind "Details". */
  details?: string;
  /** Whether every upload of the page meets it. */
  shared?: boolean;
  /** Whether the network itself failed, so that the same may work once it is back. */
  network?: boolean;
  /** Whether the file is at fault, so that a retry with the same file fails again. */
  file?: boolean;
}

/** An error in words for the person at the page, with the next step to take. */
export class Fault extends Error {
  /** What the person can do about it. */
  readonly advice: string;
  readonly parts: FaultParts;

  constructor(message: string, advice: string, parts: FaultParts = {}) {
    super(message);
    this.advice = advice;
    this.parts = parts;
  }
}

/** Any thrown value as a fault. An unforeseen error keeps its own message, so that it can be reported. */
export function asFault(thrown: unknown): Fault {
  if (thrown instanceof Fault) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new Fault("Something unforeseen went wrong.", "Retry. If it happens again, reload the page.", {
    details: message,
  });
}
