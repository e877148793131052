import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { SAMPLE } from "./config.sample.ts";
import { ANSWER_MS } from "./config.ts";
import type { Guests } from "./guest.ts";
import { publicId } from "./key.ts";
import { removeOriginal } from "./remove.ts";

const KEY = "guest/eu-west-1:me/0b8f/cat.jpg";

const realTimeout = globalThis.setTimeout;

/** The far end: answers each message with what `answer` makes of it; says nothing without. */
let answer: ((message: { action: string; keys: string[] }) => unknown) | undefined;
let sent: string[];

class FakeSocket extends EventTarget {
  constructor() {
    super();
    setTimeout(() => this.dispatchEvent(new Event("open")));
  }
  send(message: string) {
    sent.push(message);
    const data = answer && JSON.stringify(answer(JSON.parse(message)));
    if (data) setTimeout(() => this.dispatchEvent(Object.assign(new Event("message"), { data })));
  }
  #isClosed = false;
  close() {
    if (!this.#isClosed) setTimeout(() => this.dispatchEvent(new Event("close")));
    this.#isClosed = true;
  }
}

beforeEach(() => {
  sent = [];
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  vi.stubGlobal("WebSocket", FakeSocket);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const guests = { current: async () => ({ identityId: "eu-west-1:me" }), forget() {} } as unknown as Guests;

/** How a removal ends once all timers have run: the fault's code, or "removed". */
async function removal(uploadId = "0b8f"): Promise<string> {
  const mine = { id: await publicId(KEY), uploadId, name: "holiday/cat.jpg" };
  const ended = removeOriginal({ config: SAMPLE, guests }, mine).then(
    () => "removed",
    (fault) => fault.code,
  );
  let code: string | undefined;
  ended.then((given) => {
    code = given;
  });
  while (code === undefined) {
    await new Promise((done) => realTimeout(done)); // hashing takes real time
    await vi.advanceTimersByTimeAsync(ANSWER_MS / 10);
  }
  return code;
}

test("the key is shown to the server, and its answer is waited for", async () => {
  answer = () => ({ type: "removing", ids: [id] });
  const id = await publicId(KEY);
  expect(await removal()).toBe("removed");
  expect(sent).toEqual([JSON.stringify({ action: "remove", keys: [KEY] })]);
});

test.each([
  ["an error", () => ({ type: "error", message: "no" })],
  ["another picture's answer", () => ({ type: "removing", ids: ["0"] })],
  ["nothing", undefined],
])("%s is no removal", async (_, said) => {
  answer = said;
  expect(await removal()).toBe("not_removed");
});

test("a browser that is another guest by now deletes nothing", async () => {
  expect(await removal("other")).toBe("not_yours");
  expect(sent).toEqual([]);
});
