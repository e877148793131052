// A configuration for unit tests.

import type { Config } from "./config.ts";

/** A stack on AWS, with the limits of a small engine. */
export const SAMPLE: Config = {
  region: "eu-west-1",
  identityPoolId: "eu-west-1:pool",
  inputBucket: "in",
  websocketUrl: "wss://x",
  publicUrl: "https://y",
  guestDays: 7,
  page: { languages: ["en", "de"] },
  accepts: {
    maxBytes: 1_000_000,
    maxPixels: 200_000_000,
    maxSide: 65_535,
    formats: [
      { name: "jpeg", mediaType: "image/jpeg" },
      { name: "png", mediaType: "image/png" },
      { name: "gif", mediaType: "image/gif" },
      { name: "heic", mediaType: "image/heic" },
    ],
    unsupported: [
      { signature: "25504446", name: "PDF" },
      { signature: "ff0a", name: "JPEG XL" },
    ],
  },
};
