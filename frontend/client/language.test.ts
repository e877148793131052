import { afterEach, expect, test } from "vitest";
import { chooseLanguage, LANGUAGES, speak, t } from "./language.ts";

afterEach(() => speak({ language: "en", locale: "en-GB" }));

test.each([
  ["", ["fr-FR", "de-AT", "en"], "de", "de-AT"],
  ["", ["fr"], "en", "en-GB"],
  ["", ["EN-us"], "en", "EN-us"],
  ["?lang=de", ["en-US"], "de", "de-DE"],
  ["?lang=xx", ["de"], "de", "de"],
  ["?lang=de-CH", [], "de", "de-DE"],
])("%s and a browser of %j give %s", (address, wishes, language, locale) => {
  expect(chooseLanguage(address, wishes, LANGUAGES)).toEqual({ language, locale });
});

test("only what is offered is spoken", () => {
  expect(chooseLanguage("?lang=en", ["en"], ["de"])).toEqual({ language: "de", locale: "de-DE" });
});

test("texts are filled in, with the locale's numbers and plurals", async () => {
  expect(t("add.added", { count: 1 })).toBe("1 picture added");
  expect(t("add.added", { count: 1200 })).toBe("1,200 pictures added");
  await speak({ language: "de", locale: "de-DE" });
  expect(t("add.added", { count: 1 })).toBe("1 Bild hinzugefügt");
  expect(t("add.added", { count: 1200 })).toBe("1.200 Bilder hinzugefügt");
  expect(t("detail.subject", { variant: "{name}", name: "a.jpg" })).toBe("{name} von a.jpg");
});
