// Guest credentials from a Cognito identity pool, by its two public calls. The identity id is a secret (whoever has it
// can get the same credentials), so it stays in this browser's storage and in the keys of the input bucket.

import { ANSWER_MS, type Config } from "./config.ts";
import { asFault, Fault } from "./fault.ts";
import { count, object, parseObject, text } from "./json.ts";
import { fetchText } from "./timed.ts";

/** Who this browser is to AWS, and its right to upload. */
export interface Guest {
  identityId: string;
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
  /** When the credentials end, in milliseconds since 1970. */
  expiresAt: number;
}

/** The guest of this page. */
export interface Guests {
  /** The guest, with credentials that last at least a few minutes more. Throws a `Fault`. */
  current(): Promise<Guest>;
  /** Drops the credentials, when AWS says that they are not good any more. */
  forget(): void;
  /** Even new credentials may not upload: says so for a few seconds without asking AWS. Returns the fault. */
  refuse(reason: string): Fault;
}

/** Credentials are renewed this long before they end, so that a long upload does not outlive them. */
const MARGIN_MS = 10 * 60_000;

/** A refusal holds this long, so that the rest of a batch does not repeat the question. */
export const REFUSED_MS = 5000;

/** Opens the guest that this browser has been before, or a new one. `storage` keeps the identity id. */
export function openGuests(
  config: Config,
  storage: Pick<Storage, "getItem" | "setItem" | "removeItem">,
): Guests {
  let fresh: Promise<Guest> | undefined;
  let expiresAt = 0;
  let refusal: { fault: Fault; until: number } | undefined;
  const refuse = (reason: string) => {
    fresh = undefined;
    const fault = new Fault("refused_guest", {
      shared: true,
      details: `AWS refused a guest: ${reason}. Uploads are stopped (docs/runbooks.md), or the stack is gone.`,
    });
    refusal = { fault, until: Date.now() + REFUSED_MS };
    return fault;
  };
  return {
    refuse,
    current() {
      if (refusal && Date.now() < refusal.until) return Promise.reject(refusal.fault);
      if (fresh && Date.now() < expiresAt - MARGIN_MS) return fresh;
      expiresAt = Number.POSITIVE_INFINITY; // whoever asks meanwhile waits for the same answer
      fresh = signIn(config, storage).catch((error: unknown) => {
        throw error instanceof Refused ? refuse(error.message) : asFault(error);
      });
      fresh.then(
        (guest) => {
          expiresAt = guest.expiresAt;
        },
        () => {
          fresh = undefined;
        },
      );
      return fresh;
    },
    forget() {
      fresh = undefined;
    },
  };
}

/** Throws `Refused` when the pool takes no guests, else a `Fault`. */
async function signIn(config: Config, storage: Parameters<typeof openGuests>[1]): Promise<Guest> {
  const slot = `darkroom.identity.${config.identityPoolId}`;
  const known = storage.getItem(slot);
  if (known) {
    try {
      return await credentials(config, known);
    } catch (error) {
      if (!(error instanceof Refused) || error.message !== "ResourceNotFoundException") throw error;
      storage.removeItem(slot); // the pool does not know it any more: become somebody new
    }
  }
  const json = parseObject(await call(config, "GetId", { IdentityPoolId: config.identityPoolId }), "GetId");
  const identityId = text(json.IdentityId, "IdentityId");
  storage.setItem(slot, identityId);
  return credentials(config, identityId);
}

async function credentials(config: Config, identityId: string): Promise<Guest> {
  const answer = await call(config, "GetCredentialsForIdentity", { IdentityId: identityId });
  const json = object(parseObject(answer, "credentials").Credentials, "Credentials");
  return {
    identityId,
    accessKeyId: text(json.AccessKeyId, "AccessKeyId"),
    secretAccessKey: text(json.SecretKey, "SecretKey"),
    sessionToken: text(json.SessionToken, "SessionToken"),
    expiresAt: count(Math.floor(Number(json.Expiration)), "Expiration") * 1000,
  };
}

/** AWS understood the call and said no. The message is the error's name. */
class Refused extends Error {}

/** One call of Cognito's JSON protocol; its calls for guests are not signed. */
async function call(config: Config, action: string, body: Record<string, string>): Promise<string> {
  const host = config.endpoint ?? `https://cognito-identity.${config.region}.amazonaws.com`;
  const request = {
    method: "POST",
    headers: {
      "Content-Type": "application/x-amz-json-1.1",
      "X-Amz-Target": `AWSCognitoIdentityService.${action}`,
    },
    body: JSON.stringify(body),
  };
  let answer: Awaited<ReturnType<typeof fetchText>>;
  try {
    answer = await fetchText(`${host}/`, request, ANSWER_MS);
  } catch {
    throw new Fault("no_answer", { network: true });
  }
  const source = answer.text;
  if (answer.ok) return source;
  if (answer.status === 429 || answer.status >= 500 || source.includes("TooManyRequestsException")) {
    throw new Fault("busy");
  }
  throw new Refused(errorName(source) ?? `status ${answer.status}`);
}

/** The error's name in an answer of AWS's JSON protocol, as in `{"__type":"com.amazonaws...#NotAuthorizedException"}`. */
function errorName(source: string): string | undefined {
  return /"__type"\s*:\s*"(?:[^"#]*#)?(\w+)"/.exec(source)?.[1];
}
