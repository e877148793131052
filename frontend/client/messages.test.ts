import { expect, test } from "vitest";
import page from "../index.html?raw";
import type { Messages } from "./language.ts";
import DE from "./messages/de.ts";
import EN from "./messages/en.ts";

const sources = import.meta.glob<string>(
  [
    "../{client,src,loader}/**/*.ts",
    "!../**/*.test.ts",
    "!../**/*.sample.ts",
    "!./messages/*",
    "!../**/dist/**",
  ],
  {
    query: "?raw",
    import: "default",
    eager: true,
  },
);

const placeholders = (form: string) => [...form.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
const forms = (message: Messages[keyof Messages]) =>
  typeof message === "string" ? [message] : Object.values(message);

test("every language has the same texts, with the same placeholders, in its own plural forms", () => {
  expect(Object.keys(DE)).toEqual(Object.keys(EN)); // in the same order, too: translators compare
  const rules = new Intl.PluralRules("de").resolvedOptions().pluralCategories.sort();
  for (const [name, english] of Object.entries(EN as Messages)) {
    const german = DE[name as keyof Messages];
    const wanted = placeholders(forms(english)[0] ?? "");
    for (const form of [...forms(english), ...forms(german)]) {
      expect(form.trim(), name).not.toBe("");
      expect(placeholders(form), name).toEqual(wanted);
    }
    expect(typeof german, name).toBe(typeof english);
    if (typeof german !== "string") expect(Object.keys(german).sort(), name).toEqual(rules);
  }
});

test("the translation is one: no sentence is the same in both languages", () => {
  const same = Object.entries(EN).filter(([name, english]) => {
    const german = DE[name as keyof Messages];
    return (
      typeof english === "string" && english === german && / [a-z]+/.test(english.replace(/\{\w+\}/g, ""))
    );
  });
  expect(same).toEqual([]);
});

/** String literals of a source that look like words for people. Lines for developers and operators are left out. */
function sentences(source: string): string[] {
  const code = source
    .replace(/^\s*(\/\/|\/?\*).*$/gm, "")
    .replace(/\/\/ .*$/gm, "")
    .replace(/(new (Unreadable|Error|Refused)\(|details: )("[^"]*"|`[^`]*`)/g, "")
    .replace(/\$\{[^}]*\}/g, "");
  return [...code.matchAll(/"([^"\n]*)"|`([^`\n]*)`/g)]
    .map(([, quoted, template]) => quoted ?? template ?? "")
    .filter((literal) => /[A-Za-z]{2,} [a-z]{2,}|^[A-Z][a-z]{2,}$/.test(literal))
    .filter((literal) => !NOT_WORDS.test(literal));
}

/** Names of classes, events and keys of a keyboard; AWS's and HTTP's words; the engine's, which are read; the operator's. */
const NOT_WORDS =
  /^(([a-z-]+ )+is-[a-z-]+|[a-z]+ [a-z]+-[a-z-]+|(Arrow\w+|Escape|Enter|Home|End|Delete)|Content-Type|Credentials|Expiration|Files|Exif|darkroom |cut off$|row ruler$|, the limit is $|config\.json |\w*(Identity|Exception|Error)\w*)/;

test("no text is outside the message files", () => {
  expect(Object.keys(sources).length).toBeGreaterThan(30);
  const found = Object.entries(sources).flatMap(([path, source]) =>
    sentences(source).map((words) => `${path}: ${words}`),
  );
  expect(found).toEqual([]);
  expect(sentences('el("p", {}, "Two words")')).toEqual(["Two words"]);
  expect(sentences('button("Retry")')).toEqual(["Retry"]);
});

test("index.html has names of texts only", () => {
  const shown = [
    ...page.replace(/<[^>]*>/g, "\n").split("\n"),
    ...[...page.matchAll(/(?:aria-label|title|alt|placeholder|name="description" content)="([^"]*)"/g)].map(
      ([, words]) => words ?? "",
    ),
  ].filter((words) => words.trim() !== "");
  const names = shown.map((words) => /^\s*\{([a-z.]+)\}\s*$/.exec(words)?.[1] ?? words);
  expect(names.filter((name) => !Object.hasOwn(EN, name))).toEqual([]);
  expect(names.length).toBeGreaterThan(15);
});
