import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { MOST_WATCHED, openNotices, type Watcher } from "./notices.ts";

/** The far end of a WebSocket: what was sent to it, and ways to answer. Node 20 has no WebSocket of its own. */
class FakeSocket extends EventTarget {
  static readonly OPEN = 1;
  static opened: FakeSocket[] = [];
  readyState = 0;
  readonly asked: string[][] = [];
  readonly url: string;

  constructor(url: string) {
    super();
    this.url = url;
    FakeSocket.opened.push(this);
  }
  send(message: string) {
    const { action, ids } = JSON.parse(message);
    expect(action).toBe("watch");
    this.asked.push(ids);
  }
  accept() {
    this.readyState = FakeSocket.OPEN;
    this.dispatchEvent(new Event("open"));
  }
  say(message: unknown) {
    const data = typeof message === "string" ? message : JSON.stringify(message);
    this.dispatchEvent(Object.assign(new Event("message"), { data }));
  }
  drop() {
    this.readyState = 3;
    this.dispatchEvent(new Event("close"));
  }
}

const socket = (at: number) => {
  const opened = FakeSocket.opened[at];
  if (!opened) throw new Error(`socket ${at} was never opened`);
  return opened;
};
const removed = (id: string) => ({
  type: "notice",
  notice: { version: 1, outcome: "removed", public_id: id },
});

/** A watcher that writes down what it hears. */
function listener() {
  const heard: unknown[] = [];
  const watcher: Watcher = {
    watching: () => heard.push("watching"),
    queued: () => heard.push("queued"),
    lost: () => heard.push("lost"),
    notice: (outcome) => heard.push(outcome),
  };
  return { heard, watcher };
}

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.opened = [];
  vi.stubGlobal("WebSocket", FakeSocket);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("nothing is opened before something is watched, then one socket for all", () => {
  const watch = openNotices("wss://socket", "https://public");
  expect(FakeSocket.opened).toHaveLength(0);
  const [one, two] = [listener(), listener()];
  watch("1", one.watcher);
  watch("2", two.watcher);
  expect(FakeSocket.opened.map(({ url }) => url)).toEqual(["wss://socket"]);
  socket(0).accept();
  expect(socket(0).asked).toEqual([["1", "2"]]);
  watch("3", listener().watcher);
  expect(socket(0).asked).toEqual([["1", "2"], ["3"]]);
  socket(0).say({ type: "watching", ids: ["1", "2"] });
  socket(0).say(removed("2"));
  expect([one.heard, two.heard]).toEqual([["watching"], ["watching", { outcome: "removed" }]]);
});

test("many ids are asked for in several messages", () => {
  const watch = openNotices("wss://socket", "https://public");
  for (let id = 0; id < 25; id += 1) watch(`${id}`, listener().watcher);
  socket(0).accept();
  expect(socket(0).asked.map((ids) => ids.length)).toEqual([10, 10, 5]);
});

test("fifty ids at most are watched at once; one that is done makes room for the next", () => {
  const watch = openNotices("wss://socket", "https://public");
  const listeners = Array.from({ length: 120 }, listener);
  const stops = listeners.map(({ watcher }, id) => watch(`${id}`, watcher));
  socket(0).accept();
  expect([listeners[49]?.heard, listeners[50]?.heard]).toEqual([[], ["queued"]]);
  expect(socket(0).asked.flat()).toEqual(Array.from({ length: MOST_WATCHED }, (_, id) => `${id}`));
  stops[100]?.(); // waits still: nothing to make room for
  expect(socket(0).asked.flat()).toHaveLength(MOST_WATCHED);
  const [done, last] = [stops.slice(3, 12), stops[12]];
  for (const stop of done) stop();
  expect(socket(0).asked).toHaveLength(5); // a message for one id each would cost the server ten times as much
  last?.();
  expect(socket(0).asked.slice(5)).toEqual([Array.from({ length: 10 }, (_, at) => `${50 + at}`)]);
  socket(0).drop();
  vi.advanceTimersByTime(500);
  socket(1).accept();
  expect(socket(1).asked.flat().slice(0, 5)).toEqual(["0", "1", "2", "13", "14"]);
  expect(socket(1).asked.flat()).toHaveLength(MOST_WATCHED);
});

test("what is not ours is passed over: noise, strange ids, errors of the gateway", () => {
  const watch = openNotices("wss://socket", "https://public");
  const { heard, watcher } = listener();
  const stop = watch("1", watcher);
  socket(0).accept();
  for (const noise of [
    "",
    "hello",
    { message: "Internal server error" },
    removed("2"),
    { type: "watching" },
  ]) {
    socket(0).say(noise);
  }
  stop();
  socket(0).say(removed("1"));
  expect(heard).toEqual([]);
});

test("a socket that breaks is opened again, ever later, and asks again; it starts over once it works", () => {
  const watch = openNotices("wss://socket", "https://public");
  const { heard, watcher } = listener();
  watch("1", watcher);
  for (const [at, most] of [500, 1000, 2000].entries()) {
    socket(at).drop();
    vi.advanceTimersByTime(most / 2 - 1);
    expect(FakeSocket.opened).toHaveLength(at + 1);
    vi.advanceTimersByTime(most / 2 + 1);
    expect(FakeSocket.opened).toHaveLength(at + 2);
  }
  socket(3).accept();
  expect(socket(3).asked).toEqual([["1"]]);
  socket(3).say({ type: "watching", ids: ["1"] });
  socket(3).drop();
  vi.advanceTimersByTime(500);
  expect(FakeSocket.opened).toHaveLength(5);
  expect(heard).toEqual(["lost", "lost", "lost", "watching", "lost"]);
});

test("an idle socket that is closed stays closed until something is watched again", () => {
  const watch = openNotices("wss://socket", "https://public");
  watch("1", listener().watcher)();
  socket(0).accept();
  socket(0).drop();
  vi.advanceTimersByTime(3_600_000);
  expect(FakeSocket.opened).toHaveLength(1);
  watch("2", listener().watcher);
  expect(FakeSocket.opened).toHaveLength(2);
});
