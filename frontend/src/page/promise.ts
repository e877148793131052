import type { Config } from "../../client/config.ts";
import { bytes, formatName, listed, number, plural } from "../../client/words.ts";
import { byId } from "./dom.ts";

/** Fills in what this stack accepts, and what becomes of pictures. */
export function showPromise({ accepts, guestDays }: Config): void {
  const names = accepts.formats.map(({ name }) => formatName(name));
  byId("limits").textContent =
    `${listed(names)}, up to ${bytes(accepts.maxBytes)} and ${number(Math.round(accepts.maxPixels / 1e6))} megapixels.`;
  byId("privacy").textContent =
    `Your originals stay private. Anyone who has the link of a variant can see it. Variants do not contain the place or the camera of a photo. Everything is deleted after ${plural(guestDays, "day")}; removing a picture from this list does not delete it earlier.`;
}
