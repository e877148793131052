import { AwsV4Signer } from "aws4fetch";
import type { Config } from "./config.ts";
import { Fault } from "./fault.ts";
import type { Guest } from "./guest.ts";
import { encodeKey } from "./key.ts";

/** How one PUT ended. */
export type Answer =
  | "stored"
  /** Nothing wrong with the request itself: the same again may work. */
  | "again"
  /** The credentials are not good any more: the same again with new ones may work. */
  | "expired"
  /** The guest may not upload. New credentials help if the old ones were another stack's. */
  | "denied"
  | Fault;

/** Milliseconds without a byte sent, or without an answer once all are sent, after which a PUT is given up. */
export const STALLED_MS = 30_000;

/** Where the original under `key` is put. */
export function originalUrl(config: Config, key: string): string {
  const bucket = config.endpoint
    ? `${config.endpoint}/${config.inputBucket}`
    : `https://${config.inputBucket}.s3.${config.region}.amazonaws.com`;
  return `${bucket}/${encodeKey(key)}`;
}

/** The PUT of a new object, signed in its headers: no credential is in the URL. */
export function signPut(
  config: Config,
  guest: Guest,
  key: string,
  type: string,
): Promise<{ url: URL; headers: Headers }> {
  return new AwsV4Signer({
    method: "PUT",
    url: originalUrl(config, key),
    headers: {
      "Content-Type": type || "application/octet-stream",
      // The key is new, so whatever is there is this very file, whose answer got lost.
      "If-None-Match": "*",
      // TLS protects the bytes; hashing a big file first would only delay it.
      "X-Amz-Content-Sha256": "UNSIGNED-PAYLOAD",
    },
    accessKeyId: guest.accessKeyId,
    secretAccessKey: guest.secretAccessKey,
    sessionToken: guest.sessionToken,
    service: "s3",
    region: config.region,
  }).sign();
}

/** Puts a file under a key that must be free. `progress` gets the fraction sent. An aborted PUT answers "again". */
export async function put(
  config: Config,
  guest: Guest,
  key: string,
  file: File,
  progress: (fraction: number) => void,
  signal: AbortSignal,
): Promise<Answer> {
  const signed = await signPut(config, guest, key, file.type);
  const { status, body } = await send(signed.url, signed.headers, file, progress, signal);
  return classify(status, body);
}

/** What an answer of S3 means. `status` 0 is no answer at all. */
export function classify(status: number, body: string): Answer {
  const code = /<Code>(\w+)<\/Code>/.exec(body)?.[1] ?? `status ${status}`;
  if (status === 200 || status === 412) return "stored"; // 412: the key is taken, and only this upload knows it
  if (status === 0 || status === 409 || status === 429 || status >= 500 || code === "RequestTimeout")
    return "again";
  if (["ExpiredToken", "InvalidToken", "TokenRefreshRequired", "InvalidAccessKeyId"].includes(code))
    return "expired";
  if (code === "AccessDenied") return "denied";
  if (code === "RequestTimeTooSkewed") {
    return new Fault("clock", { shared: true });
  }
  if (code === "EntityTooLarge") {
    return new Fault("too_long");
  }
  return new Fault("refused", { details: code });
}

/** XMLHttpRequest, because fetch does not tell how much of a body is sent. */
function send(
  url: URL,
  headers: Headers,
  file: File,
  progress: (fraction: number) => void,
  signal: AbortSignal,
): Promise<{ status: number; body: string }> {
  if (signal.aborted) return Promise.resolve({ status: 0, body: "" });
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("PUT", url);
    headers.forEach((value, name) => {
      request.setRequestHeader(name, value);
    });
    const abort = () => request.abort();
    let stalled = setTimeout(abort, STALLED_MS);
    request.upload.addEventListener("progress", (event) => {
      clearTimeout(stalled);
      stalled = setTimeout(abort, STALLED_MS);
      progress(event.loaded / Math.max(1, event.total));
    });
    request.addEventListener("loadend", () => {
      clearTimeout(stalled);
      signal.removeEventListener("abort", abort);
      resolve({ status: request.status, body: request.responseText });
    });
    signal.addEventListener("abort", abort);
    request.send(file);
  });
}
