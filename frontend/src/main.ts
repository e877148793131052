import "./style.css";
import { loadConfig } from "../client/config.ts";
import { accepted, openDarkroom } from "../client/darkroom.ts";
import { asFault, Fault } from "../client/fault.ts";
import { chooseLanguage, LANGUAGES, type Language, language, speak } from "../client/language.ts";
import type { Network } from "../client/network.ts";
import { showBranding } from "./page/branding.ts";
import { byId } from "./page/dom.ts";
import { takeFiles } from "./page/intake.ts";
import { newList } from "./page/list.ts";
import { showPromise } from "./page/promise.ts";
import { showTexts } from "./page/texts.ts";
import { showFault } from "./page/trouble.ts";
import { openRecords } from "./records.ts";

async function start(): Promise<void> {
  const speakOneOf = async (offered: readonly Language[]) => {
    await speak(chooseLanguage(location.search, navigator.languages, offered));
    showTexts();
  };
  await speakOneOf(LANGUAGES);
  if (!isSecureContext) throw new Fault("insecure");
  const config = await loadConfig();
  if (!config.page.languages.includes(language().language)) await speakOneOf(config.page.languages);
  showBranding(config.page);
  showPromise(config);
  const darkroom = openDarkroom(config, { probe: "config.json" });
  showNetwork(darkroom.network);
  const list = await newList(darkroom, await openRecords(config.identityPoolId));
  takeFiles(accepted(config), list.add);
  const { showSamples } = await import("./page/samples.ts"); // the page works before, and without them
  showSamples(list.add);
}

function showNetwork(network: Network): void {
  const show = (isUp: boolean) => {
    byId("offline").hidden = isUp;
  };
  network.listen(show);
  show(network.isUp());
}

start().catch((error: unknown) => showFault(asFault(error)));
