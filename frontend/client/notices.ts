// The WebSocket that brings notices: opened by the first watch, opened again while anything is watched.

import { backoff, jittered } from "./backoff.ts";
import { Unreadable } from "./json.ts";
import { type Outcome, parseMessage } from "./outcome.ts";

/** Who waits for the notices of one upload. */
export interface Watcher {
  /** From now on every notice arrives here, until `lost`. */
  watching(): void;
  /** The socket is there and has no room yet: `watching` comes when pictures before this one are done. */
  queued(): void;
  /** Notices may not arrive any more, until `watching` again. */
  lost(): void;
  /** A notice came; without an outcome in it, the manifest has it. */
  notice(outcome: Outcome | undefined): void;
}

/** Watches a public id. Returns how to stop. */
export type Watch = (id: string, watcher: Watcher) => () => void;

/** What the server takes at once. */
export const IDS_PER_MESSAGE = 10;

/**
 * Ids watched at once on a connection, as many as the server holds of one. The pictures beyond wait for room, and look at their
 * manifests now and then: originals are rendered about in their order, so the first ones are the next to be ready.
 */
export const MOST_WATCHED = 50;

/** Milliseconds before the first and the slowest try to connect again. */
const FIRST_MS = 500;
const SLOWEST_MS = 30_000;

/** Notices from the WebSocket at `url`; variants must be under `publicUrl`. */
export function openNotices(url: string, publicUrl: string): Watch {
  const watchers = new Map<string, Watcher>(); // in the order in which they came
  let asked = new Set<string>(); // on the present connection
  let socket: WebSocket | undefined;
  let failures = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const connect = () => {
    clearTimeout(timer);
    timer = undefined;
    const opened = new WebSocket(url);
    socket = opened;
    opened.addEventListener("open", () => fill(opened));
    opened.addEventListener("message", (event) => receive(event.data));
    opened.addEventListener("close", () => {
      socket = undefined;
      asked = new Set();
      for (const watcher of [...watchers.values()]) watcher.lost();
      if (watchers.size > 0) timer = setTimeout(connect, jittered(backoff(failures, FIRST_MS, SLOWEST_MS)));
      failures += 1;
    });
  };

  /** Watches the first of those that are not watched, as far as there is room. Room for a whole message is waited for. */
  const fill = (open: WebSocket) => {
    const waiting = [...watchers.keys()].filter((id) => !asked.has(id));
    const free = MOST_WATCHED - asked.size;
    const room = free < Math.min(IDS_PER_MESSAGE, waiting.length) ? 0 : free;
    const ids = waiting.slice(0, room);
    for (const id of ids) asked.add(id);
    ask(open, ids);
    for (const id of waiting.slice(room)) watchers.get(id)?.queued();
  };

  const receive = (data: unknown) => {
    let message: ReturnType<typeof parseMessage>;
    try {
      message = parseMessage(String(data), publicUrl);
    } catch (error) {
      if (error instanceof Unreadable) return; // not ours, or an error of the gateway: the manifest decides anyway
      throw error;
    }
    if (message.type === "notice") return watchers.get(message.id)?.notice(message.outcome);
    failures = 0;
    for (const id of message.ids) watchers.get(id)?.watching();
  };

  return (id, watcher) => {
    watchers.set(id, watcher);
    if (socket?.readyState === WebSocket.OPEN) fill(socket);
    else if (!socket && timer === undefined) connect();
    return () => {
      watchers.delete(id);
      if (asked.delete(id) && socket?.readyState === WebSocket.OPEN) fill(socket);
    };
  };
}

function ask(socket: WebSocket, ids: string[]): void {
  for (let at = 0; at < ids.length; at += IDS_PER_MESSAGE) {
    socket.send(JSON.stringify({ action: "watch", ids: ids.slice(at, at + IDS_PER_MESSAGE) }));
  }
}
