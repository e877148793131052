// Pictures made in code, by the browser under test.

import type { Page } from "playwright-core";

/** A file as a file chooser takes it. */
export interface Picture {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

/** A picture with soft light and fine grain, as photos have them. */
export async function picture(page: Page, name: string, width: number, height: number): Promise<Picture> {
  const mimeType = name.endsWith(".png") ? "image/png" : "image/jpeg";
  const base64 = await page.evaluate(paint, { mimeType, width, height });
  return { name, mimeType, buffer: Buffer.from(base64, "base64") };
}

/** Runs in the page. A PNG gets a transparent corner. */
async function paint(wish: { mimeType: string; width: number; height: number }): Promise<string> {
  const { mimeType, width, height } = wish;
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d");
  if (!context) throw new Error("failed to get a canvas");
  const sky = context.createLinearGradient(0, 0, width, height);
  for (const [at, colour] of ["#12203a", "#a4492c", "#f3c98b"].entries()) sky.addColorStop(at / 2, colour);
  context.fillStyle = sky;
  context.fillRect(0, 0, width, height);
  for (let grain = 0; grain < 20_000; grain += 1) {
    context.fillStyle = `hsl(${(grain * 7) % 60} 60% ${(grain * 13) % 90}% / 0.25)`;
    context.fillRect((grain * 7919) % width, (grain * 104_729) % height, 1 + (grain % 9), 1 + (grain % 5));
  }
  if (mimeType === "image/png") context.clearRect(0, 0, width / 4, height / 4);
  return canvas.toDataURL(mimeType, 0.9).split(",")[1] ?? "";
}

/** A JPEG that says it lies on its side: the same bytes with an EXIF orientation (TIFF 6.0 tag 0x0112) put in front. */
export function withOrientation(jpeg: Picture, orientation: number): Picture {
  const exif = Buffer.from("Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\0\0\0\0\0\0\0", "latin1");
  exif.writeUInt16BE(orientation, 24);
  const marker = Buffer.from([0xff, 0xe1, 0, exif.length + 2]);
  return {
    ...jpeg,
    buffer: Buffer.concat([jpeg.buffer.subarray(0, 2), marker, exif, jpeg.buffer.subarray(2)]),
  };
}

/** A HEIC of 48 x 32 pixels, of the gradient in the engine's tests, by its encoder. No Chromium can show one. */
export const HEIC: Picture = {
  name: "phone.heic",
  mimeType: "image/heic",
  buffer: Buffer.from(
    [
      "AAAAFGZ0eXBoZWljAAAAAG1pZjEAAAEsbWV0YQAAAAAAAAAhaGRscgAAAAAAAAAAcGljdAAAAAAAAAAAAAAAAAAAAAAOcGl0",
      "bQAAAAAAAQAAACNpaW5mAAAAAAABAAAAFWluZmUCAAAAAAEAAGh2YzEAAAAAHmlsb2MAAAAARAAAAQABAAAAAQAAAUgAAABp",
      "AAAApGlwcnAAAACHaXBjbwAAABRpc3BlAAAAAAAAADAAAAAgAAAAa2h2Y0MBAUAAAACQAAAAAAAe8AD8/fj4AAAPA6AAAQAX",
      "QAEMAf//AWAAAAMAkAAAAwAAAwAe8CShAAEAH0IBAQFgAAADAJAAAAMAAAMAHqBiCFl+SSymbgIaDAGiAAEAB0QBwWNWAEgA",
      "AAAVaXBtYQAAAAAAAAABAAECAQIAAAAMaXJlZgAAAAAAAABxbWRhdAAAAGUmAa/AYSGSOw5bOu2tuvoxK4jxq9G+Ui8Q5/1n",
      "dEYyLEWLqzkYVuEsPwOTjBycLETKxW6bUTx9ko2AWKOo6qDr4sKjn3jrAQSlkOoEvq+Z4AZuG4uEMFhF5RYgkl3ODz/aZkTZ",
      "nA==",
    ].join(""),
    "base64",
  ),
};
