import { expect, test } from "vitest";
import { check, headerSize } from "./check.ts";
import { SAMPLE } from "./config.sample.ts";
import { adviceFor, Fault } from "./fault.ts";

const bytes = (...parts: (string | number[])[]) =>
  Uint8Array.from(
    parts.flatMap((part) =>
      typeof part === "string" ? [...part].map((letter) => letter.charCodeAt(0)) : part,
    ),
  );

const be32 = (value: number) => [24, 16, 8, 0].map((shift) => (value >>> shift) & 0xff);
const png = (width: number, height: number) =>
  bytes("\x89PNG\r\n\x1a\n", be32(13), "IHDR", be32(width), be32(height), [8, 2, 0, 0, 0]);
/** A JPEG with an EXIF segment and fill bytes in front of its frame header. */
const jpeg = (width: number, height: number) =>
  bytes(
    [0xff, 0xd8, 0xff, 0xe1, 0, 8],
    "Exif\0\0",
    [0xff, 0xff, 0xc2, 0, 17, 8],
    [height >> 8, height & 0xff],
    [width >> 8, width & 0xff, 3],
  );

test("sizes are read from headers", () => {
  expect(headerSize(png(60_000, 70_000))).toEqual({ width: 60_000, height: 70_000 });
  expect(headerSize(jpeg(4032, 3024))).toEqual({ width: 4032, height: 3024 });
  expect(headerSize(bytes("GIF89a", [0x40, 1, 0xf0, 0]))).toEqual({ width: 320, height: 240 });
  const bmp = bytes("BM", new Array(12).fill(0), [40, 0, 0, 0], [0x40, 1, 0, 0], [0x10, 0xff, 0xff, 0xff]);
  expect(headerSize(bmp)).toEqual({ width: 320, height: 240 }); // top-down: its height is negative
  const webp = bytes("RIFF", [0, 0, 0, 0], "WEBPVP8X", [10, 0, 0, 0, 0, 0, 0, 0], [0x3f, 1, 0], [0xef, 0, 0]);
  expect(headerSize(webp)).toEqual({ width: 320, height: 240 });
});

test.each([
  ["a cut PNG", png(1, 1).subarray(0, 18)],
  ["a cut JPEG", jpeg(1, 1).subarray(0, 15)],
  ["a JPEG without a frame", bytes([0xff, 0xd8, 0xff, 0xda, 0, 2])],
  ["a TIFF", bytes("II*\0", [8, 0, 0, 0])],
  ["nothing", bytes()],
])("%s has no size here", (_, head) => {
  expect(headerSize(head)).toBeUndefined();
});

const refusal = async (content: Uint8Array<ArrayBuffer> | string) =>
  check(new Blob([content]), SAMPLE.accepts).then(
    () => undefined,
    (error: unknown) => error as Fault,
  );

test.each<[string, Uint8Array<ArrayBuffer> | string, string, string]>([
  ["an empty file", "", "The file is empty.", "empty"],
  ["a PDF", "%PDF-1.7\n\0", "PDF is not supported.", "unsupported"],
  ["a TIFF, where none is taken", "II*\0\b\0\0\0", "TIFF is not supported.", "unsupported"],
  ["an SVG", '<?xml version="1.0"?>\n<svg xmlns="x"/>', "SVG is not supported.", "unsupported"],
  ["a text", "dear diary\n", "The file is text, not a picture.", "not_an_image"],
  [
    "too many pixels",
    png(60_000, 60_000),
    "The picture has 60000 × 60000 pixels; the limit is 200,000,000 pixels.",
    "too_large",
  ],
  [
    "too long a side",
    png(70_000, 10),
    "The picture has 70000 × 10 pixels; the limit is 65,535 on one side.",
    "too_large",
  ],
  ["too many bytes", new Uint8Array(1_000_001), "The file is 1 MB; the limit is 1 MB.", "too_large"],
])("%s is refused here, with advice for its code", async (_, content, message, code) => {
  const fault = await refusal(content);
  expect(fault).toBeInstanceOf(Fault);
  expect(fault).toMatchObject({ message, advice: adviceFor(code), parts: { file: true } });
});

test.each([
  ["a JPEG", jpeg(4032, 3024)],
  ["a cut JPEG", jpeg(1, 1).subarray(0, 15)],
  ["a GIF that begins like text", bytes("GIF89a!!!!!")],
  ["unknown bytes", bytes([0, 1, 2, 3])],
])("%s is left to the engine", async (_, content) => {
  expect(await refusal(content)).toBeUndefined();
});

test("a file that cannot be read is refused", async () => {
  const gone = Object.defineProperty(new Blob(["x"]), "slice", {
    value: () => ({ arrayBuffer: () => Promise.reject(new DOMException("", "NotFoundError")) }),
  });
  await expect(check(gone, SAMPLE.accepts)).rejects.toThrow("The file could not be read.");
});
