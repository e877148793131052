import { afterEach, expect, test } from "vitest";
import { adviceFor } from "../client/fault.ts";
import { speak } from "../client/language.ts";
import { explanation, readable } from "./sentences.ts";

afterEach(() => speak({ language: "en", locale: "en-GB" }));

test("each code has its own advice, and reasons are readable", () => {
  const codes = ["empty", "not_an_image", "unsupported", "too_large", "truncated", "corrupt", "encode"];
  expect(new Set(codes.map(adviceFor)).size).toBe(codes.length);
  expect(readable("3600000000 pixels, the limit is 200000000")).toBe(
    "3,600,000,000 pixels, the limit is 200,000,000",
  );
  expect(readable("314572800 bytes, the limit is 268435456")).toBe("315 MB, the limit is 268 MB");
});

test("in another language than the engine's, a rejection is explained by its code", async () => {
  const rejected = (code: string) =>
    explanation({
      step: "settled",
      outcome: { outcome: "rejected", code, reason: "300000000 pixels, the limit is 200000000" },
    });
  expect(rejected("too_large")[0]).toBe("300,000,000 pixels, the limit is 200,000,000.");
  await speak({ language: "de", locale: "de-DE" });
  expect(rejected("too_large")).toEqual([
    "Das Bild ist zu groß.",
    "Verkleinern Sie das Bild und wählen Sie es dann aus.",
  ]);
  expect(rejected("from the future")).toEqual(["Das Bild wurde abgelehnt.", "Wählen Sie eine andere Datei."]);
});
