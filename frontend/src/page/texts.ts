import { isKey, type Key, language, t } from "../../client/language.ts";

/** The attributes of index.html that hold a text; the build leaves its name in `data-ATTRIBUTE`. */
const ATTRIBUTES = ["aria-label", "content", "placeholder"];

/** Puts the texts of index.html into the page's language. The build has put the English ones there. */
export function showTexts(): void {
  document.documentElement.lang = language().language;
  for (const element of document.querySelectorAll("[data-text]")) {
    element.textContent = plain(element.getAttribute("data-text"));
  }
  for (const attribute of ATTRIBUTES) {
    for (const element of document.querySelectorAll(`[data-${attribute}]`)) {
      element.setAttribute(attribute, plain(element.getAttribute(`data-${attribute}`)));
    }
  }
}

/** A text without placeholders, by a name from index.html. */
function plain(name: string | null): string {
  if (!name || !isKey(name)) throw new Error(`index.html asks for the text "${name}", which does not exist`);
  return (t as (name: Key) => string)(name);
}
