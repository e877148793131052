// The names that page and stack agree on. Where variants are is not among them: manifests and notices tell.

/** The longest file name in a key, in bytes of UTF-8. Keys end at 944, and the rest of a guest's key takes about 90. */
const MAX_NAME_BYTES = 200;

/**
 * A file's name as it goes into a key: the last path segment, composed (NFC), without control and invisible
 * characters, and not too long. A name that would be empty or a path's `.` or `..` becomes `image`.
 */
export function safeName(fileName: string): string {
  const segment = fileName.split(/[/\\]/).at(-1) ?? "";
  const visible = segment
    .normalize("NFC")
    .replace(/\p{C}+/gu, "")
    .replace(/\s+/gu, " ")
    .trim();
  const name = shorten(visible);
  return /^\.{0,2}$/.test(name) ? "image" : name;
}

/** Cuts a name in its middle part, so that the extension stays. */
function shorten(name: string): string {
  const bytes = (part: string) => new TextEncoder().encode(part).length;
  const extension = /\.[a-z0-9]{1,8}$/i.exec(name)?.[0] ?? "";
  let stem = [...name.slice(0, name.length - extension.length)];
  while (bytes(stem.join("")) + extension.length > MAX_NAME_BYTES) stem = stem.slice(0, -1);
  return stem.join("") + extension;
}

/** The key of an upload in the input bucket. It holds the identity id, a secret: never show or log it. */
export function uploadKey(identityId: string, uploadId: string, fileName: string): string {
  return `guest/${identityId}/${uploadId}/${safeName(fileName)}`;
}

/** The name by which an upload's outcome may be watched: the first 32 hex digits of the key's SHA-256. */
export async function publicId(key: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(key));
  const hex = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0"));
  return hex.join("").slice(0, 32);
}

/** Where a guest upload's manifest is read. */
export function manifestUrl(publicUrl: string, id: string): string {
  return `${publicUrl}/guest/${id}/manifest.json`;
}

/** A key as the path of a URL: everything but unreserved characters (RFC 3986) and `/` is encoded. */
export function encodeKey(key: string): string {
  const encode = (segment: string) =>
    encodeURIComponent(segment).replace(
      /[!'()*]/g,
      (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
    );
  return key.split("/").map(encode).join("/");
}
