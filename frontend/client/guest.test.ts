import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { SAMPLE } from "./config.sample.ts";
import { Fault } from "./fault.ts";
import { openGuests, REFUSED_MS } from "./guest.ts";

const CONFIG = SAMPLE;
const SLOT = "darkroom.identity.eu-west-1:pool";
const NOW = 1_800_000_000_000;

/** The calls that were made, as `host action`, and what Cognito answers to each action. */
let calls: string[];
let answers: Record<string, () => Response>;
let kept: Map<string, string>;

const storage = {
  getItem: (name: string) => kept.get(name) ?? null,
  setItem: (name: string, value: string) => void kept.set(name, value),
  removeItem: (name: string) => void kept.delete(name),
};
const credentials = (lifeMs: number) => () =>
  Response.json({
    IdentityId: "eu-west-1:new",
    Credentials: { AccessKeyId: "A", SecretKey: "S", SessionToken: "T", Expiration: (NOW + lifeMs) / 1000 },
  });
const refusal = (name: string) => () =>
  Response.json({ __type: `x#${name}`, message: "no" }, { status: 400 });

beforeEach(() => {
  vi.useFakeTimers({ now: NOW, toFake: ["Date"] });
  calls = [];
  kept = new Map();
  answers = {
    GetId: () => Response.json({ IdentityId: "eu-west-1:new" }),
    GetCredentialsForIdentity: credentials(3_600_000),
  };
  vi.stubGlobal("fetch", async (url: string, { headers }: { headers: Record<string, string> }) => {
    const action = headers["X-Amz-Target"]?.split(".")[1] ?? "";
    calls.push(`${url} ${action}`);
    return answers[action]?.();
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("a new guest gets an identity, which the browser keeps", async () => {
  expect(await openGuests(CONFIG, storage).current()).toEqual({
    identityId: "eu-west-1:new",
    accessKeyId: "A",
    secretAccessKey: "S",
    sessionToken: "T",
    expiresAt: NOW + 3_600_000,
  });
  expect(kept.get(SLOT)).toBe("eu-west-1:new");
  expect(calls).toEqual([
    "https://cognito-identity.eu-west-1.amazonaws.com/ GetId",
    "https://cognito-identity.eu-west-1.amazonaws.com/ GetCredentialsForIdentity",
  ]);
});

test("a known guest stays who it is, and uploads that start together ask once", async () => {
  kept.set(SLOT, "eu-west-1:old");
  const guests = openGuests({ ...CONFIG, endpoint: "http://127.0.0.1:4566" }, storage);
  const both = await Promise.all([guests.current(), guests.current()]);
  expect(both.map((guest) => guest.identityId)).toEqual(["eu-west-1:old", "eu-west-1:old"]);
  expect(calls).toEqual(["http://127.0.0.1:4566/ GetCredentialsForIdentity"]);
});

test("an identity that the pool has lost is replaced", async () => {
  kept.set(SLOT, "eu-west-1:lost");
  answers.GetCredentialsForIdentity = () => {
    answers.GetCredentialsForIdentity = credentials(3_600_000);
    return refusal("ResourceNotFoundException")();
  };
  expect((await openGuests(CONFIG, storage).current()).identityId).toBe("eu-west-1:new");
  expect(kept.get(SLOT)).toBe("eu-west-1:new");
});

test("credentials are renewed before they end, and when they are forgotten", async () => {
  const guests = openGuests(CONFIG, storage);
  await guests.current();
  vi.setSystemTime(NOW + 49 * 60_000);
  await guests.current();
  expect(calls).toHaveLength(2);
  vi.setSystemTime(NOW + 51 * 60_000);
  await guests.current();
  expect(calls).toHaveLength(3);
  guests.forget();
  await guests.current();
  expect(calls).toHaveLength(4);
});

test.each<[string, () => Response, string]>([
  ["a refusal", refusal("NotAuthorizedException"), "closed"],
  ["a pool that is gone", refusal("ResourceNotFoundException"), "closed"],
  ["throttling", refusal("TooManyRequestsException"), "busy"],
  ["a fault of AWS", () => new Response("", { status: 503 }), "busy"],
  [
    "no network",
    () => {
      throw new TypeError("Failed to fetch");
    },
    "did not answer",
  ],
])("%s is a fault with advice, and the next try asks again", async (_, answer, words) => {
  const guests = openGuests(CONFIG, storage);
  answers.GetId = answer;
  const fault = await guests.current().catch((error: unknown) => error);
  expect(fault).toBeInstanceOf(Fault);
  expect((fault as Fault).message).toContain(words);
  expect((fault as Fault).message).not.toContain("Exception"); // the operator's words are details
  answers.GetId = () => Response.json({ IdentityId: "eu-west-1:new" });
  vi.setSystemTime(NOW + REFUSED_MS);
  expect((await guests.current()).identityId).toBe("eu-west-1:new");
});

test("a refusal is not asked for again by the rest of a batch", async () => {
  const guests = openGuests(CONFIG, storage);
  answers.GetId = refusal("NotAuthorizedException");
  for (let file = 0; file < 200; file += 1) {
    await expect(guests.current()).rejects.toMatchObject({ code: "refused_guest", parts: { shared: true } });
  }
  expect(calls).toHaveLength(1);
  answers.GetId = () => Response.json({ IdentityId: "eu-west-1:new" });
  vi.setSystemTime(NOW + REFUSED_MS);
  await guests.current();
  expect(guests.refuse("AccessDenied").parts.details).toContain("AccessDenied");
  await expect(guests.current()).rejects.toMatchObject({ code: "refused_guest" });
});

test("guests that are not let in for a while keep their identity, and with it the right to delete", async () => {
  kept.set(SLOT, "eu-west-1:old");
  answers.GetCredentialsForIdentity = refusal("NotAuthorizedException");
  await expect(openGuests(CONFIG, storage).current()).rejects.toThrow("closed");
  expect(kept.get(SLOT)).toBe("eu-west-1:old");
});

test("a fault does not throw a known identity away", async () => {
  kept.set(SLOT, "eu-west-1:old");
  answers.GetCredentialsForIdentity = () => new Response("", { status: 500 });
  await expect(openGuests(CONFIG, storage).current()).rejects.toThrow("busy");
  expect(kept.get(SLOT)).toBe("eu-west-1:old");
});
