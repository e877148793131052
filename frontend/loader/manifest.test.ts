import { expect, test } from "vitest";
import { fromManifest } from "./manifest.ts";

const variant = (name: string, width: number, height: number, more = {}) => {
  const format = name.split(".").at(-1) ?? "";
  const url = `https://x/${name}?v=1`;
  return { format, media_type: `image/${format}`, url, width, height, ...more };
};
const manifest = (...variants: ReturnType<typeof variant>[]) => ({
  outcome: "ready",
  original: { width: 4000, height: 3000 },
  variants,
  placeholder: { thumbhash: "2Ggg", colour: "#123456", data_uri: "data:image/webp;base64,AA" },
});

test("whole variants become srcsets, in the order in which a browser should try them", () => {
  const picture = fromManifest(
    manifest(
      variant("large.jpeg", 1920, 1440),
      variant("large.webp", 1920, 1440),
      variant("large.avif", 1920, 1440),
      variant("small.jpeg", 640, 480),
      variant("small.avif", 640, 480),
      variant("again.jpeg", 640, 480),
      variant("square.jpeg", 200, 200),
    ),
  );
  expect(picture).toEqual({
    src: "https://x/large.jpeg?v=1",
    srcset: "https://x/small.jpeg?v=1 640w, https://x/large.jpeg?v=1 1920w",
    sizes: "auto, 100vw",
    width: 1920,
    height: 1440,
    placeholder: { thumbhash: "2Ggg", colour: "#123456", data_uri: "data:image/webp;base64,AA" },
    sources: [
      {
        type: "image/avif",
        srcset: "https://x/small.avif?v=1 640w, https://x/large.avif?v=1 1920w",
        sizes: "auto, 100vw",
      },
      { type: "image/webp", srcset: "https://x/large.webp?v=1 1920w", sizes: "auto, 100vw" },
    ],
  });
});

test("a picture that exists in one modern format only has no sources", () => {
  const picture = fromManifest(manifest(variant("large.webp", 1920, 1440)), "50vw");
  expect(picture).toMatchObject({ src: "https://x/large.webp?v=1", sizes: "50vw", sources: [] });
});

test("a still variant is no alternative to an animated one", () => {
  const moving = { frames: 9 };
  const picture = fromManifest(
    manifest(
      variant("a.gif", 640, 480, moving),
      variant("a.webp", 640, 480, moving),
      variant("a.avif", 640, 480),
      variant("a.jpeg", 640, 480),
    ),
  );
  expect(picture?.src).toBe("https://x/a.gif?v=1");
  expect(picture?.sources.map(({ type }) => type)).toEqual(["image/webp"]);
});

test("a rejected original, and one with cropped variants only, is no picture", () => {
  expect(fromManifest({ outcome: "rejected" })).toBeUndefined();
  expect(fromManifest(manifest(variant("square.jpeg", 200, 200)))).toBeUndefined();
});

test("an old manifest without a placeholder still gives a picture", () => {
  const { placeholder, ...old } = manifest(variant("small.jpeg", 640, 480));
  expect(fromManifest(old)?.placeholder).toEqual({});
});
