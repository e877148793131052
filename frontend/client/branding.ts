// What the operator of a stack may set about its page: `page` in config.json, from frontend/page.json.

import { count, type Json, list, oneOf, text, Unreadable } from "./json.ts";
import { LANGUAGES, type Language } from "./language.ts";

/** The operator's wishes; what is left out is as the page is made. */
export interface Branding {
  /** In place of "Darkroom". */
  title?: string;
  /** `#rrggbb`; lightened or darkened where it could not be read. */
  accent?: string;
  /** A picture beside the page's own files, shown above the title. */
  logo?: string;
  /** Where the terms of use are. */
  terms?: string;
  /** The languages on offer; the first one speaks to visitors who wish for none of them. */
  languages: Language[];
  /** Names of formats that the page takes, of those that the engine reads; all where it is left out. */
  formats?: string[];
  /** Bytes of the largest file that the page takes, if the engine's own limit is higher. */
  maxBytes?: number;
}

/** Reads `page` of config.json. Throws `Unreadable`. */
export function parseBranding(json: Json): Branding {
  const branding: Branding = { languages: LANGUAGES };
  if (json.title !== undefined) branding.title = text(json.title, "page.title");
  if (json.accent !== undefined) branding.accent = matching(json.accent, /^#[0-9a-f]{6}$/i, "page.accent");
  // A name only: a path could leave the page's folder, and the page's policy shows no picture of another site.
  if (json.logo !== undefined) branding.logo = matching(json.logo, /^[\w-][\w.-]*$/, "page.logo");
  if (json.terms !== undefined) branding.terms = matching(json.terms, /^https:\/\/\S+$/, "page.terms");
  if (json.languages !== undefined) {
    branding.languages = filled(json.languages, "page.languages").map((language, at) =>
      oneOf(language, LANGUAGES, `page.languages[${at}]`),
    );
  }
  if (json.formats !== undefined) {
    branding.formats = filled(json.formats, "page.formats").map((name, at) =>
      text(name, `page.formats[${at}]`),
    );
  }
  if (json.maxBytes !== undefined) branding.maxBytes = count(json.maxBytes, "page.maxBytes", 1);
  return branding;
}

function matching(value: unknown, pattern: RegExp, path: string): string {
  const given = text(value, path);
  if (!pattern.test(given)) throw new Unreadable(`${path} does not match ${pattern.source}`);
  return given;
}

function filled(value: unknown, path: string): unknown[] {
  const given = list(value, path);
  if (given.length === 0) throw new Unreadable(`${path} is empty`);
  return given;
}
