// What a manifest says beyond the outcome: markup, a placeholder, and how long the job took.

import { ANSWER_MS } from "./config.ts";
import { Fault } from "./fault.ts";
import { count, object, parseObject, text } from "./json.ts";
import { manifestUrl } from "./key.ts";
import { fetchText } from "./timed.ts";

/** The parts of a job, in milliseconds of the function that did it. */
export interface Timings {
  fetch: number;
  decode: number;
  render: number;
  store: number;
}

/** What there is to know about a picture that is ready. */
export interface Details {
  /** The `<picture>` element; empty when no preset shows the whole picture. */
  html: string;
  timings: Timings;
  /** When the manifest was written, by the function's clock. */
  createdAt: Date;
}

/** Reads the details in the manifest of a guest's upload. Throws a `Fault`. */
export async function readDetails(publicUrl: string, id: string): Promise<Details> {
  try {
    const answer = await fetchText(manifestUrl(publicUrl, id), { cache: "no-cache" }, ANSWER_MS);
    return parseDetails(answer.text);
  } catch (error) {
    throw new Fault("details", { details: String(error) });
  }
}

/** Reads the text of a manifest. Throws `Unreadable`. */
export function parseDetails(source: string): Details {
  const json = parseObject(source, "manifest");
  const timings = object(json.timings_ms, "timings_ms");
  const part = (name: keyof Timings) => count(timings[name], `timings_ms.${name}`);
  return {
    html: json.html === undefined ? "" : text(json.html, "html"),
    timings: { fetch: part("fetch"), decode: part("decode"), render: part("render"), store: part("store") },
    createdAt: new Date(text(json.created_at, "created_at")),
  };
}
