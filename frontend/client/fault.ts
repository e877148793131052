import { isKey, type Key, t } from "./language.ts";

/** What went wrong: a stable word for programs. Its text is the message `fault.CODE`. */
export type FaultCode = Key extends infer Name ? (Name extends `fault.${infer Code}` ? Code : never) : never;

/** What a fault has beside its words. */
export interface FaultParts {
  /** What fills the message's placeholders. */
  values?: Record<string, string | number>;
  /** Whose advice to give; else that of the fault's own code. */
  advice?: string;
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
  readonly code: FaultCode;
  /** What the person can do about it. */
  readonly advice: string;
  readonly parts: FaultParts;

  constructor(code: FaultCode, parts: FaultParts = {}) {
    super(anyText(`fault.${code}`, parts.values));
    this.code = code;
    this.advice = adviceFor(parts.advice ?? code);
    this.parts = parts;
  }
}

/** What the owner of a picture can do, by the code of a fault or of the engine's rejection. */
export function adviceFor(code: string): string {
  const name = `advice.${code}`;
  return anyText(isKey(name) ? name : "advice.other");
}

/** A text whose name was put together, so that its placeholders are not known to TypeScript. */
function anyText(name: Key, values: Record<string, string | number> = {}): string {
  return (t as (name: Key, values: Record<string, string | number>) => string)(name, values);
}

/** Any thrown value as a fault. An unforeseen error keeps its own message, so that it can be reported. */
export function asFault(thrown: unknown): Fault {
  if (thrown instanceof Fault) return thrown;
  return new Fault("unforeseen", { details: thrown instanceof Error ? thrown.message : String(thrown) });
}
