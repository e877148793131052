// Wires the parts of one stack's uploads together, with this browser's storage and network.

import { ANSWER_MS, type Config } from "./config.ts";
import { openGuests } from "./guest.ts";
import { type Network, watchNetwork } from "./network.ts";
import { openNotices } from "./notices.ts";
import { newPulse } from "./pulse.ts";
import { newQueue } from "./queue.ts";
import { openStorage } from "./storage.ts";
import { fetchText } from "./timed.ts";
import type { Darkroom } from "./upload.ts";

/** What an application may choose. */
export interface DarkroomOptions {
  /** Uploads at once. 3: enough to fill a home connection, few enough that each moves visibly. */
  uploadsAtOnce?: number;
  /** Keeps the guest's identity id, a secret, from visit to visit. This origin's `localStorage` by default. */
  storage?: Pick<Storage, "getItem" | "setItem" | "removeItem">;
  /** A URL that answers whenever the network is there. The outputs' by default. */
  probe?: string;
}

/** All that uploads to the stack of `config` share. */
export function openDarkroom(config: Config, options: DarkroomOptions = {}): Darkroom {
  return {
    config,
    guests: openGuests(config, options.storage ?? openStorage()),
    watch: openNotices(config.websocketUrl, config.publicUrl),
    pulse: newPulse(),
    queue: newQueue(options.uploadsAtOnce ?? 3),
    network: browserNetwork(options.probe ?? `${config.publicUrl}/`),
  };
}

/** What a file chooser offers: media types, and the extensions of those that not every system knows. */
export function accepted({ accepts }: Config): string {
  return accepts.formats.flatMap(({ name, mediaType }) => [mediaType, `.${name}`]).join(",");
}

/** The network as this window sees it. */
function browserNetwork(url: string): Network {
  return watchNetwork({
    isOnline: () => navigator.onLine,
    onChange(heard) {
      addEventListener("online", heard);
      addEventListener("offline", heard);
    },
    probe: () =>
      // Any answer will do, so none has to be readable here.
      fetchText(url, { cache: "no-store", mode: "no-cors" }, ANSWER_MS).then(
        () => true,
        () => false,
      ),
  });
}
