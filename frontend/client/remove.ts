// A guest deletes what it uploaded. The key is the permission: it holds the identity id and a random number, and no
// output shows either. So it goes to the server only, over the stack's own socket.

import { ANSWER_MS } from "./config.ts";
import { Fault } from "./fault.ts";
import { publicId, uploadKey } from "./key.ts";
import type { Darkroom } from "./upload.ts";

/** An original that this browser uploaded. */
export interface Mine {
  /** Its public id. */
  id: string;
  /** The random number of its upload. */
  uploadId: string;
  /** The file's name, or its path. */
  name: string;
}

/** Deletes an original, and its variants with it. Resolves when the server has said so. Throws a `Fault`. */
export async function removeOriginal(
  { config, guests }: Pick<Darkroom, "config" | "guests">,
  { id, uploadId, name }: Mine,
): Promise<void> {
  const { identityId } = await guests.current();
  const key = uploadKey(identityId, uploadId, name);
  // The browser has become another guest since: what it would delete is not this picture.
  if ((await publicId(key)) !== id) throw new Fault("not_yours");
  await askToRemove(config.websocketUrl, key, id);
}

/** Says it on a socket of its own, which no upload waits for. */
function askToRemove(url: string, key: string, id: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url);
    const end = (fault?: Fault) => {
      clearTimeout(timer);
      socket.close();
      if (fault) reject(fault);
      else resolve();
    };
    const timer = setTimeout(() => end(new Fault("not_removed")), ANSWER_MS);
    socket.addEventListener("open", () => socket.send(JSON.stringify({ action: "remove", keys: [key] })));
    socket.addEventListener("message", ({ data }) =>
      end(isDone(String(data), id) ? undefined : new Fault("not_removed")),
    );
    socket.addEventListener("close", () => end(new Fault("not_removed"))); // after an answer this changes nothing
  });
}

/** Whether the server says that it deletes the original with this public id. */
function isDone(answer: string, id: string): boolean {
  try {
    const { type, ids } = JSON.parse(answer);
    return type === "removing" && Array.isArray(ids) && ids.includes(id);
  } catch {
    return false;
  }
}
