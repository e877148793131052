import "./style.css";
import { ANSWER_MS, type Config, loadConfig } from "../client/config.ts";
import { asFault, Fault } from "../client/fault.ts";
import { openGuests } from "../client/guest.ts";
import { chooseLanguage, LANGUAGES, speak } from "../client/language.ts";
import { watchNetwork } from "../client/network.ts";
import { openNotices } from "../client/notices.ts";
import { newQueue } from "../client/queue.ts";
import { openStorage } from "../client/storage.ts";
import { fetchText } from "../client/timed.ts";
import { byId } from "./page/dom.ts";
import { takeFiles } from "./page/intake.ts";
import { newList } from "./page/list.ts";
import { showPromise } from "./page/promise.ts";
import { showTexts } from "./page/texts.ts";
import { showFault } from "./page/trouble.ts";
import { openRecords } from "./records.ts";

/** Uploads at once: enough to fill a home connection, few enough that each moves visibly. */
const UPLOADS_AT_ONCE = 3;

async function start(): Promise<void> {
  await speak(chooseLanguage(location.search, navigator.languages, LANGUAGES));
  showTexts();
  if (!isSecureContext) throw new Fault("insecure");
  const config = await loadConfig();
  showPromise(config);
  const network = openNetwork();
  const list = await newList(
    {
      config,
      guests: openGuests(config, openStorage()),
      watch: openNotices(config.websocketUrl, config.publicUrl),
      queue: newQueue(UPLOADS_AT_ONCE),
      network,
    },
    await openRecords(config.identityPoolId),
  );
  takeFiles(accepted(config), list.add);
}

/** What a file chooser offers: media types, and the extensions of those that not every system knows. */
function accepted({ accepts }: Config): string {
  return accepts.formats.flatMap(({ name, mediaType }) => [mediaType, `.${name}`]).join(",");
}

function openNetwork() {
  const network = watchNetwork({
    isOnline: () => navigator.onLine,
    onChange(heard) {
      addEventListener("online", heard);
      addEventListener("offline", heard);
    },
    probe: () =>
      fetchText("config.json", { cache: "no-store" }, ANSWER_MS).then(
        () => true,
        () => false,
      ),
  });
  const show = (isUp: boolean) => {
    byId("offline").hidden = isUp;
  };
  network.listen(show);
  show(network.isUp());
  return network;
}

start().catch((error: unknown) => showFault(asFault(error)));
