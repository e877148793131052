import { Fault } from "./fault.ts";
import { type Json, parseObject, text, Unreadable } from "./json.ts";

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
}

/** Reads the text of config.json. Throws `Unreadable`. */
export function parseConfig(source: string): Config {
  const json = parseObject(source, "config.json");
  const config: Config = {
    region: text(json.region, "region"),
    identityPoolId: text(json.identityPoolId, "identityPoolId"),
    inputBucket: text(json.inputBucket, "inputBucket"),
    websocketUrl: url(json, "websocketUrl", ["ws:", "wss:"]),
    publicUrl: url(json, "publicUrl", ["http:", "https:"]),
  };
  if (json.endpoint !== undefined && json.endpoint !== null) {
    config.endpoint = url(json, "endpoint", ["http:", "https:"]);
  }
  return config;
}

function url(json: Json, name: string, protocols: string[]): string {
  const value = text(json[name], name);
  if (!URL.canParse(value) || !protocols.includes(new URL(value).protocol)) {
    throw new Unreadable(`${name} is not a URL that starts with ${protocols.join("// or ")}//`);
  }
  return value.replace(/\/+$/, "");
}

/** Fetches config.json from beside the page. Throws a `Fault`. */
export async function loadConfig(): Promise<Config> {
  try {
    const answer = await fetch("config.json", { cache: "no-cache" });
    if (!answer.ok) throw new Unreadable(`config.json answered ${answer.status}`);
    return parseConfig(await answer.text());
  } catch (error) {
    const why = error instanceof Unreadable ? error.message : "config.json did not come";
    throw new Fault(
      `This page does not know where to upload to: ${why}.`,
      "Reload the page. If it stays so, publish the page again with `cargo xtask deploy`.",
    );
  }
}
