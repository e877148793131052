import { count, type Json, list, object, oneOf, parseObject, text, Unreadable } from "./json.ts";

/** How a job ended. A manifest has a ThumbHash in base64, to show while a picture loads; a notice has none. */
export type Outcome =
  | { outcome: "ready"; original: Original; variants: Variant[]; thumbhash?: string }
  | { outcome: "rejected"; code: string; reason: string }
  | { outcome: "removed" };

/** The uploaded picture, as the renderer read it. */
export interface Original {
  bytes: number;
  format: string;
  /** Pixels, upright. */
  width: number;
  height: number;
}

/** One produced file. */
export interface Variant {
  preset: string;
  format: string;
  /** Checked to be under the public URL. */
  url: string;
  width: number;
  height: number;
  bytes: number;
}

/** What the server said on the socket. */
export type Message =
  | { type: "watching"; ids: string[] }
  /** Without an outcome the notice was too long to carry one: read the manifest. */
  | { type: "notice"; id: string; outcome: Outcome | undefined };

/** Reads a manifest. `publicUrl` is what every variant's URL must be under. Throws `Unreadable`. */
export function parseManifest(source: string, publicUrl: string): Outcome {
  const json = parseObject(source, "manifest");
  version(json, "manifest");
  const outcome = parseOutcome(json, publicUrl);
  if (outcome.outcome !== "ready") return outcome;
  if (outcome.variants.length === 0) throw new Unreadable("variants is empty");
  const { thumbhash } = json.placeholder === undefined ? {} : object(json.placeholder, "placeholder");
  return thumbhash === undefined ? outcome : { ...outcome, thumbhash: text(thumbhash, "thumbhash") };
}

/** Reads a message from the socket. Throws `Unreadable`. */
export function parseMessage(source: string, publicUrl: string): Message {
  const json = parseObject(source, "message");
  const type = oneOf(json.type, ["watching", "notice"], "type");
  if (type === "watching") {
    return { type, ids: list(json.ids, "ids").map((id, at) => text(id, `ids[${at}]`)) };
  }
  const notice = object(json.notice, "notice");
  version(notice, "notice");
  const outcome = parseOutcome(notice, publicUrl);
  const isWhole = outcome.outcome !== "ready" || outcome.variants.length > 0;
  return { type, id: text(notice.public_id, "public_id"), outcome: isWhole ? outcome : undefined };
}

function version(json: Json, path: string): void {
  if (json.version !== 1) throw new Unreadable(`${path} is not of version 1`);
}

function parseOutcome(json: Json, publicUrl: string): Outcome {
  const outcome = oneOf(json.outcome, ["ready", "rejected", "removed"], "outcome");
  switch (outcome) {
    case "ready": {
      const variants = list(json.variants, "variants").map((variant, at) =>
        parseVariant(object(variant, `variants[${at}]`), publicUrl),
      );
      return { outcome, original: parseOriginal(object(json.original, "original")), variants };
    }
    case "rejected": {
      const rejection = object(json.rejection, "rejection");
      return { outcome, code: text(rejection.code, "code"), reason: text(rejection.reason, "reason") };
    }
    case "removed":
      return { outcome };
  }
}

function parseOriginal(json: Json): Original {
  return {
    bytes: count(json.bytes, "original.bytes", 1),
    format: text(json.format, "original.format"),
    width: count(json.width, "original.width", 1),
    height: count(json.height, "original.height", 1),
  };
}

function parseVariant(json: Json, publicUrl: string): Variant {
  return {
    preset: text(json.preset, "variant.preset"),
    format: text(json.format, "variant.format"),
    url: under(publicUrl, text(json.url, "variant.url")),
    width: count(json.width, "variant.width", 1),
    height: count(json.height, "variant.height", 1),
    bytes: count(json.bytes, "variant.bytes", 1),
  };
}

/** The URL, when it is under `base`: same origin, and deeper in its path. Compared parsed, so no trick of spelling helps. */
function under(base: string, url: string): string {
  if (!URL.canParse(url)) throw new Unreadable("variant.url is not a URL");
  const root = new URL(`${base}/`);
  const parsed = new URL(url);
  if (parsed.origin !== root.origin || !parsed.pathname.startsWith(root.pathname)) {
    throw new Unreadable("variant.url is not under the public URL");
  }
  return parsed.href;
}
