import Ajv from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import schema from "../../docs/schema/config.schema.json";
import pageJson from "../page.json";
import { SAMPLE } from "./config.sample.ts";
import { parseConfig } from "./config.ts";

const VALID = {
  region: "us-east-1",
  identityPoolId: "us-east-1:0",
  inputBucket: "in",
  websocketUrl: "wss://socket.example/live",
  publicUrl: "https://public.example/",
  guestDays: SAMPLE.guestDays,
  accepts: SAMPLE.accepts,
  page: SAMPLE.page,
};

const fits = new Ajv({ strict: true, allowUnionTypes: true }).compile(schema);

test("a whole configuration is read, and URLs lose the slash at their end", () => {
  expect(parseConfig(JSON.stringify(VALID))).toEqual({ ...VALID, publicUrl: "https://public.example" });
  expect(parseConfig(JSON.stringify({ ...VALID, endpoint: "http://127.0.0.1:4566/" })).endpoint).toBe(
    "http://127.0.0.1:4566",
  );
});

test.each([
  ["not JSON", "<!doctype html>", "config.json is not JSON"],
  ["a list", "[]", "config.json is not an object"],
  ["no region", { ...VALID, region: undefined }, "region"],
  ["an empty bucket", { ...VALID, inputBucket: "" }, "inputBucket"],
  ["a number", { ...VALID, identityPoolId: 7 }, "identityPoolId"],
  ["a script as URL", { ...VALID, publicUrl: "javascript:alert(1)" }, "publicUrl"],
  ["http as WebSocket", { ...VALID, websocketUrl: "https://x" }, "websocketUrl"],
  ["no days", { ...VALID, guestDays: "7" }, "guestDays"],
  ["no limits", { ...VALID, accepts: undefined }, "accepts"],
  ["a limit of nothing", { ...VALID, accepts: { ...SAMPLE.accepts, maxBytes: 0 } }, "accepts.maxBytes"],
  ["half an endpoint", { ...VALID, endpoint: "127.0.0.1:4566" }, "endpoint"],
  ["a colour's name", { ...VALID, page: { accent: "red" } }, "page.accent"],
  ["a style as accent", { ...VALID, page: { accent: "#ff0000;x" } }, "page.accent"],
  ["a logo elsewhere", { ...VALID, page: { logo: "https://x/y.svg" } }, "page.logo"],
  ["a logo above the page", { ...VALID, page: { logo: "../logo.svg" } }, "page.logo"],
  ["a script as terms", { ...VALID, page: { terms: "javascript:alert(1)" } }, "page.terms"],
  ["no language", { ...VALID, page: { languages: [] } }, "page.languages"],
  ["an unknown language", { ...VALID, page: { languages: ["en", "tlh"] } }, "page.languages[1]"],
  ["no format", { ...VALID, page: { formats: [] } }, "page.formats"],
  ["a limit of no bytes", { ...VALID, page: { maxBytes: 0 } }, "page.maxBytes"],
])("%s is refused, the message names the field, and the schema refuses it too", (_, source, field) => {
  const text = typeof source === "string" ? source : JSON.stringify(source);
  expect(() => parseConfig(text)).toThrow(field);
  if (typeof source !== "string") expect(fits(JSON.parse(text))).toBe(false);
});

test("the schema takes a whole configuration, and the page.json of this repository", () => {
  expect([fits(VALID), fits.errors]).toEqual([true, null]);
  const page = {
    title: "Passport photos",
    accent: "#0A5f38",
    logo: "logo.svg",
    terms: "https://example.com/terms",
    languages: ["de"],
    formats: ["jpeg"],
    maxBytes: 5,
  };
  expect([fits({ ...VALID, page }), fits.errors]).toEqual([true, null]);
  expect([fits({ ...VALID, page: pageJson }), fits.errors]).toEqual([true, null]);
  expect(fits({ ...VALID, page: { titel: "a slip" } })).toBe(false);
  expect(parseConfig(JSON.stringify({ ...VALID, page: pageJson })).page).toEqual(pageJson);
});

test("the page takes no more than its operator wishes, and no more than the engine", () => {
  const accepts = (page: object) => parseConfig(JSON.stringify({ ...VALID, page })).accepts;
  expect(accepts({ formats: ["png", "jpeg"] }).formats.map(({ name }) => name)).toEqual(["jpeg", "png"]);
  expect(accepts({ maxBytes: 5 }).maxBytes).toBe(5);
  expect(accepts({ maxBytes: 5e12 }).maxBytes).toBe(SAMPLE.accepts.maxBytes);
  expect(() => accepts({ formats: ["jpeg", "pdf"] })).toThrow("page.formats has pdf");
});
