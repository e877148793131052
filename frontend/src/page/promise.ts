import type { Config } from "../../client/config.ts";
import { t } from "../../client/language.ts";
import { bytes, formatName, listed } from "../../client/words.ts";
import { byId } from "./dom.ts";

/** Fills in what this stack accepts, and what becomes of pictures. */
export function showPromise({ accepts, guestDays }: Config): void {
  const names = accepts.formats.map(({ name }) => formatName(name));
  byId("limits").textContent = t("add.limits", {
    formats: listed(names),
    bytes: bytes(accepts.maxBytes),
    megapixels: Math.round(accepts.maxPixels / 1e6),
  });
  byId("privacy").textContent = t("add.privacy", { count: guestDays });
}
