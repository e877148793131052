// What is refused before it is uploaded. The signatures and limits are the engine's own, by way of config.json. Only a
// sure case is refused here: whenever the header cannot be read, the engine decides.

import type { Accepts } from "./config.ts";
import { Fault, type FaultCode } from "./fault.ts";
import { t } from "./language.ts";
import { bytes, pixels, formatName as written } from "./words.ts";

/** Bytes that are read of a file: enough for a JPEG's size behind its EXIF data and a colour profile. */
const HEAD_BYTES = 256 * 1024;

/** Throws a `Fault` for a file that the engine is sure to reject, or that cannot be read at all. */
export async function check(file: Blob, accepts: Accepts): Promise<void> {
  if (file.size > accepts.maxBytes) {
    throw refusal("file_bytes", "too_large", { bytes: bytes(file.size), most: bytes(accepts.maxBytes) });
  }
  let head: Uint8Array;
  try {
    head = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
  } catch {
    throw refusal("file_gone", "file_gone");
  }
  if (head.length === 0) throw refusal("file_empty", "empty");
  const unsupported = unsupportedName(head, accepts);
  if (unsupported) throw refusal("file_unsupported", "unsupported", { format: unsupported });
  const format = formatName(head);
  if (format && accepts.formats.every(({ name }) => name !== format)) {
    throw refusal("file_unsupported", "unsupported", { format: written(format) });
  }
  if (isText(head)) throw refusal("file_text", "not_an_image");
  const size = headerSize(head);
  if (size) checkSize(size, accepts);
}

function refusal(code: FaultCode, advice: string, values: Record<string, string> = {}): Fault {
  return new Fault(code, { advice, values, file: true });
}

function checkSize(size: Size, accepts: Accepts): void {
  const area = size.width * size.height;
  if (Math.max(size.width, size.height) <= accepts.maxSide && area <= accepts.maxPixels) return;
  const most =
    area > accepts.maxPixels
      ? t("pixels.most", { number: accepts.maxPixels })
      : t("pixels.side", { number: accepts.maxSide });
  throw refusal("file_pixels", "too_large", { size: pixels(size), most });
}

/** The name of the format that these bytes begin, if it is one that the engine names and does not read. */
function unsupportedName(head: Uint8Array, accepts: Accepts): string | undefined {
  const hex = Array.from(head.subarray(0, 16), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const known = accepts.unsupported.find(({ signature }) => hex.startsWith(signature));
  return known?.name ?? (isSvg(head) ? "SVG" : undefined);
}

/** The format of these bytes, by their signature; undefined where only the engine can say. */
function formatName(head: Uint8Array): string | undefined {
  if (head[0] === 0xff && head[1] === 0xd8) return "jpeg";
  if (latin(head, 1, 3) === "PNG") return "png";
  if (latin(head, 0, 4) === "GIF8") return "gif";
  if (latin(head, 0, 4) === "RIFF" && latin(head, 8, 4) === "WEBP") return "webp";
  if (["II*\0", "MM\0*"].includes(latin(head, 0, 4))) return "tiff";
  const brand = latin(head, 4, 4) === "ftyp" ? latin(head, 8, 4) : "";
  if (["avif", "avis"].includes(brand)) return "avif";
  return ["heic", "heix", "hevc", "hevx"].includes(brand) ? "heic" : undefined;
}

function isSvg(head: Uint8Array): boolean {
  const text = latin(head, 0, 4096)
    .replace(/^\u00EF\u00BB\u00BF/, "")
    .trimStart();
  return text.startsWith("<") && /<svg/i.test(text);
}

/** Whether the first bytes are text of UTF-8 without control characters, and no signature of a picture is made of letters. */
function isText(head: Uint8Array): boolean {
  if (/^(GIF8|RIFF|BM|II|MM)/.test(latin(head, 0, 4)) || latin(head, 4, 4) === "ftyp") return false;
  const first = head.subarray(0, 512);
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(first, { stream: true });
  } catch {
    return false;
  }
  return first.every((byte) => byte >= 0x20 || [0x09, 0x0a, 0x0c, 0x0d].includes(byte));
}

interface Size {
  width: number;
  height: number;
}

/** Width and height as a PNG, GIF, BMP, WebP or JPEG states them; undefined for others and where the head is too short. */
export function headerSize(head: Uint8Array): Size | undefined {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  try {
    if (latin(head, 1, 3) === "PNG" && latin(head, 12, 4) === "IHDR") {
      return { width: view.getUint32(16), height: view.getUint32(20) };
    }
    if (latin(head, 0, 4) === "GIF8") {
      return { width: view.getUint16(6, true), height: view.getUint16(8, true) };
    }
    if (latin(head, 0, 2) === "BM" && view.getUint32(14, true) >= 40) {
      return { width: Math.abs(view.getInt32(18, true)), height: Math.abs(view.getInt32(22, true)) };
    }
    if (latin(head, 8, 8) === "WEBPVP8X") {
      return { width: 1 + uint24(view, 24), height: 1 + uint24(view, 27) };
    }
    if (view.getUint16(0) === 0xffd8) return jpegSize(view);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error; // a short header: the engine says what is missing
  }
  return undefined;
}

function uint24(view: DataView, at: number): number {
  return view.getUint16(at, true) + view.getUint8(at + 2) * 0x10000;
}

/** The size in a JPEG's first frame header (ITU-T T.81, B.2.2). */
function jpegSize(view: DataView): Size | undefined {
  let at = 2;
  while (view.getUint8(at) === 0xff) {
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      at += 1; // fill bytes
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    if (marker === 0xda || marker === 0xd9) return undefined;
    at += 2 + view.getUint16(at + 2);
  }
  return undefined;
}

function latin(head: Uint8Array, at: number, length: number): string {
  return Array.from(head.subarray(at, at + length), (byte) => String.fromCharCode(byte)).join("");
}
