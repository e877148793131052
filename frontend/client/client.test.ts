import { beforeEach, expect, test, vi } from "vitest";
import { type Client, createClient } from "./client.ts";
import { SAMPLE } from "./config.sample.ts";
import { Fault } from "./fault.ts";
import { publicId } from "./key.ts";

/** The stack as this test plays it: what it stores, and what it answers. */
let manifests: Map<string, object>;
let status: number;

const ready = (url = "https://y/guest/x/small.jpg?v=1") => ({
  version: 1,
  outcome: "ready",
  original: { name: "cat.jpg", etag: "1", bytes: 100, format: "jpeg", width: 4, height: 3 },
  variants: [
    { preset: "small", format: "jpeg", media_type: "image/jpeg", url, width: 2, height: 1, bytes: 9 },
  ],
  html: "<picture></picture>",
});
const rejected = {
  version: 1,
  outcome: "rejected",
  original: { name: "cat.jpg", etag: "1", bytes: 100 },
  variants: [],
  rejection: { code: "corrupt", reason: "the data ends early" },
};

beforeEach(() => {
  manifests = new Map();
  status = 200;
  vi.stubGlobal("navigator", { onLine: true });
  vi.stubGlobal("addEventListener", () => {});
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => answer(url, String(init.body ?? "")));
  vi.stubGlobal("XMLHttpRequest", Put);
  vi.stubGlobal("WebSocket", NoSocket);
});
// No test restores the globals: a client that is still watching reconnects after its test has ended.

function answer(url: string, body: string): Response {
  if (url.endsWith("/manifest.json")) {
    const id = url.split("/").at(-2) ?? "";
    const manifest = manifests.get(id) ?? manifests.get("any");
    return manifest ? Response.json(manifest) : new Response("", { status: 403 });
  }
  if (body.includes("IdentityPoolId")) return Response.json({ IdentityId: "eu-west-1:me" });
  const Credentials = { AccessKeyId: "A", SecretKey: "S", SessionToken: "T", Expiration: 4e9 };
  return Response.json({ Credentials });
}

/** A PUT that ends at once, or when it is aborted if `status` is 0. */
class Put {
  status = 0;
  responseText = "";
  upload = { addEventListener() {} };
  #ended = () => {};
  open() {}
  setRequestHeader() {}
  addEventListener(_: string, ended: () => void) {
    this.#ended = ended;
  }
  abort() {
    this.#ended();
  }
  send() {
    if (status === 0) return;
    this.status = status;
    queueMicrotask(() => this.#ended());
  }
}

/** No WebSocket gets through, so manifests are polled. */
class NoSocket {
  static OPEN = 1;
  addEventListener(type: string, heard: () => void) {
    if (type === "close") queueMicrotask(heard);
  }
}

function client(): Client {
  const kept = new Map<string, string>();
  return createClient(SAMPLE, {
    storage: {
      getItem: (name) => kept.get(name) ?? null,
      setItem: (name, value) => void kept.set(name, value),
      removeItem: (name) => void kept.delete(name),
    },
  });
}

/** No picture, but nothing that is refused before the upload either. */
const cat = () => new File([Uint8Array.of(0xff, 0xd8, 0xff, 0xe0)], "cat.jpg", { type: "image/jpeg" });

test("an upload has its id once it is stored, and then the whole manifest as its outcome", async () => {
  const steps: string[] = [];
  const { id, outcome } = await client().upload(cat(), { onProgress: ({ step }) => steps.push(step) });
  expect(id).toMatch(/^[0-9a-f]{32}$/);
  manifests.set(id, ready());
  expect(await outcome).toEqual(ready());
  expect(steps).toEqual(["queued", "uploading", "rendering", "settled"]);
});

test("a rejected picture is a result", async () => {
  manifests.set("any", rejected);
  const { outcome } = await client().upload(cat());
  expect(await outcome).toEqual(rejected);
});

test("a refused file is a fault, and an outcome that nobody awaits is no unhandled one", async () => {
  const refused = client().upload(new File([], "empty.jpg"));
  await expect(refused).rejects.toThrow(Fault);
  await expect(refused).rejects.toThrow("The file is empty.");
});

test("a PUT that AWS refuses is a fault", async () => {
  status = 403;
  await expect(client().upload(cat())).rejects.toThrow("The upload was refused.");
});

test("an aborted upload rejects with the signal's reason, also before it began", async () => {
  status = 0;
  const stop = new AbortController();
  const running = client().upload(cat(), {
    signal: stop.signal,
    onProgress: ({ step }) => step === "uploading" && stop.abort(new Error("closed")),
  });
  await expect(running).rejects.toThrow("closed");
  await expect(client().upload(cat(), { signal: stop.signal })).rejects.toThrow("closed");
});

test("a manifest that leads elsewhere is no result", async () => {
  vi.useFakeTimers();
  manifests.set("any", ready("https://elsewhere/small.jpg"));
  const { outcome } = await client().upload(cat());
  const end = expect(outcome).rejects.toThrow("nothing was heard of it");
  await vi.advanceTimersByTimeAsync(10 * 60_000);
  await end;
  vi.useRealTimers();
});

test("watched ids arrive as they come, each once", async () => {
  manifests.set("1".repeat(32), ready());
  const seen: string[] = [];
  for await (const watched of client().watch(["2".repeat(32), "1".repeat(32), "1".repeat(32)])) {
    seen.push(watched.id.slice(0, 1));
    if ("fault" in watched) throw watched.fault;
    expect(watched.manifest.outcome).toBe(seen.length === 1 ? "ready" : "rejected");
    manifests.set("2".repeat(32), rejected);
  }
  expect(seen).toEqual(["1", "2"]);
});

test("a watch that is aborted ends with the signal's reason", async () => {
  const stop = new AbortController();
  const next = client()
    .watch(["3".repeat(32)], { signal: stop.signal })
    .next();
  stop.abort(new Error("closed"));
  await expect(next).rejects.toThrow("closed");
});

test("one listener hears of every upload, until it stops", async () => {
  const all = client();
  const heard: string[] = [];
  const stop = all.listen(({ file, state }) => heard.push(`${file.name} ${state.step}`));
  await all.upload(cat());
  stop();
  await all.upload(cat());
  expect(heard).toEqual(["cat.jpg queued", "cat.jpg uploading", "cat.jpg rendering"]);
});

test("a file chooser offers what the engine reads", () => {
  expect(client().accept).toBe("image/jpeg,.jpeg,image/png,.png,image/gif,.gif,image/heic,.heic");
});

test("an uploader of one's own gets a signed PUT of a new object, and no credential in its URL", async () => {
  const one = await client().sign({ name: "../cat.jpg", type: "image/jpeg" });
  const url = new URL(one.url);
  expect(url.pathname).toMatch(/^\/guest\/eu-west-1%3Ame\/[0-9a-f-]{36}\/cat\.jpg$/);
  expect(url.search).toBe("");
  expect(one.headers).toMatchObject({ "content-type": "image/jpeg", "if-none-match": "*" });
  expect(one.headers.authorization).toContain("if-none-match");
  expect(one.id).toBe(await publicId(decodeURIComponent(url.pathname.slice(1))));
  expect((await client().sign({ name: "cat.jpg" })).id).not.toBe(one.id);
});
