// Checked reading of JSON that others wrote. Each reader takes the value's path for its message and throws `Unreadable`.

/** JSON that is not what was agreed on. The message names the field, and never repeats a value. */
export class Unreadable extends Error {}

/** Any JSON object. */
export type Json = Record<string, unknown>;

/** Parses text that should be a JSON object. */
export function parseObject(text: string, path: string): Json {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Unreadable(`${path} is not JSON`);
  }
  return object(value, path);
}

export function object(value: unknown, path: string): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Unreadable(`${path} is not an object`);
  }
  return value as Json;
}

export function list(value: unknown, path: string): unknown[] {
  if (!Array.isArray(value)) throw new Unreadable(`${path} is not a list`);
  return value;
}

/** Text that is not empty and not absurdly long. */
export function text(value: unknown, path: string): string {
  if (typeof value !== "string" || value === "" || value.length > 4096) {
    throw new Unreadable(`${path} is not a short text`);
  }
  return value;
}

/** A whole number of at least `least`. */
export function count(value: unknown, path: string, least = 0): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < least) {
    throw new Unreadable(`${path} is not a whole number of at least ${least}`);
  }
  return value;
}

/** One of the words in `allowed`. */
export function oneOf<Word extends string>(value: unknown, allowed: readonly Word[], path: string): Word {
  const word = allowed.find((candidate) => candidate === value);
  if (word === undefined) throw new Unreadable(`${path} is none of ${allowed.join(", ")}`);
  return word;
}
