import "./style.css";
import { loadConfig } from "./config.ts";
import { asFault, Fault } from "./fault.ts";
import { openGuests } from "./guest.ts";
import { openNotices } from "./notices.ts";
import { announce } from "./page/announcer.ts";
import { byId, el } from "./page/dom.ts";
import { takeFiles } from "./page/intake.ts";
import { newList } from "./page/list.ts";
import { newQueue } from "./queue.ts";
import { openStorage } from "./storage.ts";

/** Uploads at once: enough to fill a home connection, few enough that each moves visibly. */
const UPLOADS_AT_ONCE = 3;

async function start(): Promise<void> {
  if (!isSecureContext) {
    throw new Fault(
      "This page was opened without encryption.",
      "Open it with https:// at the start of its address.",
    );
  }
  const config = await loadConfig();
  takeFiles(
    newList({
      config,
      guests: openGuests(config, openStorage()),
      watch: openNotices(config.websocketUrl, config.publicUrl),
      queue: newQueue(UPLOADS_AT_ONCE),
    }),
  );
}

start().catch((error: unknown) => {
  const fault = asFault(error);
  byId("trouble").replaceChildren(el("p", {}, fault.message), el("p", {}, fault.advice));
  byId("trouble").hidden = false;
  announce(`${fault.message} ${fault.advice}`);
});
