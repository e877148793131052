import { expect, test } from "vitest";
import { angularLoader } from "./angular.ts";
import { astroService } from "./astro.ts";
import { nextLoader } from "./next.ts";
import { nuxtImage } from "./nuxt.ts";
import { unpicTransformer } from "./unpic.ts";
import { type Presets, urlOf } from "./url.ts";

const web = (width: number) => ({
  name: `web-${width}`,
  family: "web",
  fit: "inside",
  width,
  height: null,
  extensions: ["avif", "jpg", "webp"],
});

/** As `darkroom presets --js` prints them. */
const PRESETS: Presets = {
  presets: [
    web(320),
    web(640),
    web(1920),
    { name: "card", family: null, fit: "inside", width: 800, height: 800, extensions: ["png"] },
    { name: "square", family: null, fit: "cover", width: 200, height: 200, extensions: ["jpg", "webp"] },
    { name: "full", family: null, fit: "inside", width: null, height: null, extensions: ["jpg", "webp"] },
  ],
};
const CAT = "https://x/photos/cat.jpg";

test.each([
  ["the smallest that is wide enough", CAT, 321, `${CAT}/web-640.jpg`],
  ["one of exactly that width", CAT, 640, `${CAT}/web-640.jpg`],
  ["the largest where none is", CAT, 4000, `${CAT}/web-1920.jpg`],
  ["a folder with a slash at its end", `${CAT}/`, 1, `${CAT}/web-320.jpg`],
  ["a folder with a version", `${CAT}?v=1a2b3c4d`, 1, `${CAT}/web-320.jpg?v=1a2b3c4d`],
  ["a variant's own format and version", `${CAT}/web-320.avif?v=1a`, 900, `${CAT}/web-1920.avif?v=1a`],
  ["a variant of no family", `${CAT}/card.png`, 100, `${CAT}/card.png`],
  ["a cropped variant, which leads to whole ones", `${CAT}/square.webp`, 300, `${CAT}/web-320.webp`],
  ["a path without a host", "/photos/cat.jpg", 640, "/photos/cat.jpg/web-640.jpg"],
  [
    "a folder whose name looks like a preset's",
    "https://x/web-1.png",
    640,
    "https://x/web-1.png/web-640.jpg",
  ],
])("%s", (_, src, width, url) => {
  expect(urlOf({ src, width, presets: PRESETS })).toBe(url);
});

test("without presets those that Darkroom comes with are meant", () => {
  expect(urlOf({ src: CAT, width: 500 })).toBe(`${CAT}/small.jpg`);
  expect(urlOf({ src: `${CAT}/thumb.webp?v=1`, width: 1500 })).toBe(`${CAT}/large.webp?v=1`);
});

test("presets that cannot serve a picture are an error that names it", () => {
  expect(() => urlOf({ src: CAT, width: 1, presets: { presets: [] } })).toThrow(CAT);
});

test("each adapter asks for the same URL", () => {
  const url = `${CAT}/web-640.jpg`;
  expect(nextLoader(PRESETS)({ src: CAT, width: 640, quality: 75 })).toBe(url);
  expect(angularLoader(PRESETS)({ src: CAT, width: 640 })).toBe(url);
  expect(nuxtImage(PRESETS)(CAT, { modifiers: { width: "640" } })).toEqual({ url });
  expect(unpicTransformer(PRESETS)(new URL(CAT), { width: 640 })).toBe(url);
  expect(astroService(PRESETS).getURL({ src: { src: CAT }, width: 640 })).toBe(url);
});

test("without a width an adapter asks for the largest", () => {
  const url = `${CAT}/web-1920.jpg`;
  expect(angularLoader(PRESETS)({ src: CAT })).toBe(url);
  expect(nuxtImage(PRESETS)(CAT, {})).toEqual({ url });
  expect(unpicTransformer(PRESETS)(CAT, {})).toBe(url);
  expect(astroService(PRESETS).getURL({ src: CAT })).toBe(url);
});
