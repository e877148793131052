// The language of the page: which one, and its texts.

import EN from "./messages/en.ts";

/** The name of a text. */
export type Key = keyof typeof EN;

/** Plural forms, by the language's own rules. */
type Forms = { readonly other: string } & { readonly [Rule in Intl.LDMLPluralRule]?: string };

/** All texts in one language. */
export type Messages = { readonly [Name in Key]: (typeof EN)[Name] extends string ? string : Forms };

/** The placeholders of a text, as TypeScript sees them. */
type Placeholders<Text> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never;
type Text<Name extends Key> = (typeof EN)[Name] extends string
  ? (typeof EN)[Name]
  : (typeof EN)[Name][keyof (typeof EN)[Name]];
type Values<Name extends Key> = [Placeholders<Text<Name>>] extends [never]
  ? []
  : [values: Record<Placeholders<Text<Name>>, string | number>];

/** The languages that the page has texts in; the first one speaks where nothing else is wished. */
const LOADERS = {
  en: async (): Promise<{ default: Messages }> => ({ default: EN }),
  de: async (): Promise<{ default: Messages }> => import("./messages/de.ts"),
};
export type Language = keyof typeof LOADERS;
export const LANGUAGES = Object.keys(LOADERS) as Language[];

/** A language, and the locale for its numbers and dates: the visitor's own where there is one. */
export interface Choice {
  language: Language;
  locale: string;
}

/** The language: that of the address (`?lang=de`) first, then the browser's wishes in their order, then the first offered. */
export function chooseLanguage(
  address: string,
  wishes: readonly string[],
  offered: readonly Language[],
): Choice {
  const asked = new URLSearchParams(address).get("lang") ?? "";
  const speaks = (wish: string, language: Language) => wish.toLowerCase().split("-")[0] === language;
  const found = [asked, ...wishes].flatMap((wish) => offered.filter((language) => speaks(wish, language)));
  const language = found[0] ?? offered[0] ?? "en";
  return { language, locale: wishes.find((wish) => speaks(wish, language)) ?? DEFAULT_LOCALES[language] };
}

/** Where the browser names no region. */
const DEFAULT_LOCALES: Record<Language, string> = { en: "en-GB", de: "de-DE" };

let spoken: Choice = { language: "en", locale: DEFAULT_LOCALES.en };
let messages: Messages = EN;
let plurals = new Intl.PluralRules(spoken.locale);
let numbers = new Intl.NumberFormat(spoken.locale);

/** Loads a language; from then on `t` and every number speak it. */
export async function speak(choice: Choice): Promise<void> {
  messages = (await LOADERS[choice.language]()).default;
  spoken = choice;
  plurals = new Intl.PluralRules(choice.locale);
  numbers = new Intl.NumberFormat(choice.locale);
}

/** What the page speaks. */
export function language(): Choice {
  return spoken;
}

/** A text with its placeholders filled in. Numbers are written as the locale writes them. */
export function t<Name extends Key>(name: Name, ...[values]: Values<Name>): string {
  const given: Record<string, string | number> = values ?? {};
  const message: string | Forms = messages[name];
  const form =
    typeof message === "string" ? message : (message[plurals.select(Number(given.count))] ?? message.other);
  return form.replace(/\{(\w+)\}/g, (_, placeholder: string) => {
    const value = given[placeholder] ?? "";
    return typeof value === "number" ? numbers.format(value) : value;
  });
}

/** Whether there is a text of this name: names of faults and of the engine's codes are put together. */
export function isKey(name: string): name is Key {
  return Object.hasOwn(EN, name);
}
