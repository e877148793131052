import { type Branding, parseBranding } from "./branding.ts";
import { Fault } from "./fault.ts";
import { count, type Json, list, object, parseObject, text, Unreadable } from "./json.ts";
import { fetchText } from "./timed.ts";

/** What the engine accepts, so that nothing else need be uploaded. */
export interface Accepts {
  maxBytes: number;
  maxPixels: number;
  maxSide: number;
  formats: { name: string; mediaType: string }[];
  /** First bytes, as hex digits, of formats that it knows and does not read. */
  unsupported: { signature: string; name: string }[];
}

/** Where the stack that this page belongs to lives. */
export interface Config {
  region: string;
  identityPoolId: string;
  inputBucket: string;
  websocketUrl: string;
  /** Where browsers fetch outputs; no `/` at the end. */
  publicUrl: string;
  /** One URL for every AWS service, on a local stack; buckets are then path segments. No `/` at the end. */
  endpoint?: string;
  /** Days until a guest's pictures are deleted. */
  guestDays: number;
  accepts: Accepts;
  page: Branding;
}

/** Milliseconds until a short answer counts as lost. */
export const ANSWER_MS = 15_000;

/** Reads the text of config.json. Throws `Unreadable`. */
export function parseConfig(source: string): Config {
  const json = parseObject(source, "config.json");
  const config: Config = {
    region: text(json.region, "region"),
    identityPoolId: text(json.identityPoolId, "identityPoolId"),
    inputBucket: text(json.inputBucket, "inputBucket"),
    websocketUrl: url(json, "websocketUrl", ["ws:", "wss:"]),
    publicUrl: url(json, "publicUrl", ["http:", "https:"]),
    guestDays: count(json.guestDays, "guestDays", 1),
    accepts: parseAccepts(object(json.accepts, "accepts")),
    page: parseBranding(json.page === undefined ? {} : object(json.page, "page")),
  };
  config.accepts = narrowed(config.accepts, config.page);
  if (json.endpoint !== undefined && json.endpoint !== null) {
    config.endpoint = url(json, "endpoint", ["http:", "https:"]);
  }
  return config;
}

function parseAccepts(json: Json): Accepts {
  return {
    maxBytes: count(json.maxBytes, "accepts.maxBytes", 1),
    maxPixels: count(json.maxPixels, "accepts.maxPixels", 1),
    maxSide: count(json.maxSide, "accepts.maxSide", 1),
    formats: list(json.formats, "accepts.formats").map((entry, at) => {
      const path = `accepts.formats[${at}]`;
      const format = object(entry, path);
      return {
        name: text(format.name, `${path}.name`),
        mediaType: text(format.mediaType, `${path}.mediaType`),
      };
    }),
    unsupported: list(json.unsupported, "accepts.unsupported").map((entry, at) => {
      const path = `accepts.unsupported[${at}]`;
      const known = object(entry, path);
      return {
        signature: text(known.signature, `${path}.signature`),
        name: text(known.name, `${path}.name`),
      };
    }),
  };
}

/** What the page takes: never more than the engine does. */
function narrowed(accepts: Accepts, { formats, maxBytes }: Branding): Accepts {
  for (const name of formats ?? []) {
    if (accepts.formats.every((known) => known.name !== name)) {
      throw new Unreadable(`page.formats has ${name}, which the engine does not read`);
    }
  }
  return {
    ...accepts,
    maxBytes: Math.min(accepts.maxBytes, maxBytes ?? accepts.maxBytes),
    formats: accepts.formats.filter(({ name }) => formats === undefined || formats.includes(name)),
  };
}

function url(json: Json, name: string, protocols: string[]): string {
  const value = text(json[name], name);
  if (!URL.canParse(value) || !protocols.includes(new URL(value).protocol)) {
    throw new Unreadable(`${name} is not a URL that starts with ${protocols.join("// or ")}//`);
  }
  return value.replace(/\/+$/, "");
}

/** Fetches a stack's config.json; the default is the one beside the page. Throws a `Fault`. */
export async function loadConfig(url = "config.json"): Promise<Config> {
  try {
    const answer = await fetchText(url, { cache: "no-cache" }, ANSWER_MS);
    if (!answer.ok) throw new Unreadable(`config.json answered ${answer.status}`);
    return parseConfig(answer.text);
  } catch (error) {
    const why = error instanceof Unreadable ? error.message : "config.json did not arrive";
    throw new Fault("setup", {
      details: `${why}. If the network is fine, publish the page again: cargo xtask deploy.`,
    });
  }
}
