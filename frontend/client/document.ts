// The manifest as a document: what other programs read. docs/schema/manifest.schema.json describes every field.

/** What became of an original. */
export type Manifest = ReadyManifest | RejectedManifest | RemovedManifest;

/** Every variant is stored. */
export interface ReadyManifest extends Written {
  outcome: "ready";
  original: OriginalDocument &
    Required<
      Pick<OriginalDocument, "format" | "width" | "height" | "orientation" | "colour" | "alpha" | "frames">
    >;
  variants: VariantDocument[];
  placeholder?: Placeholder;
  /** A perceptual hash, 16 hex digits. */
  phash?: string;
  /** What the file says of how it was taken, if the operator publishes it. Unverified. */
  facts?: { taken?: string; camera?: string; lens?: string; copyright?: string; gps?: [number, number] };
  /** If the original carries Content Credentials (C2PA). */
  credentials?: { present: true; dropped: true };
  /** A ready-made `<picture>` of the uncropped variants. */
  html?: string;
  notes?: string[];
}

/** The original cannot be rendered. */
export interface RejectedManifest extends Written {
  outcome: "rejected";
  original: OriginalDocument;
  variants: [];
  /** `code` is stable; `reason` is for the uploader. */
  rejection: { code: string; reason: string };
}

/** The original was deleted, and its outputs with it. No such document is stored: the client makes it from the notice. */
export interface RemovedManifest {
  version: 1;
  outcome: "removed";
}

interface Written {
  version: 1;
  /** Fingerprint of the presets that were applied. */
  presets: string;
  engine: string;
  /** Milliseconds that each part of the job took. */
  timings_ms: { fetch: number; decode: number; render: number; store: number };
  /** RFC 3339, UTC. */
  created_at: string;
}

/** The uploaded picture. From `format` on the fields are absent if its header could not be read. */
export interface OriginalDocument {
  /** The file name of a guest's original. */
  name?: string;
  /** The key of every other original. */
  key?: string;
  etag: string;
  /** Length in bytes. */
  bytes: number;
  format?: string;
  /** Pixels, upright. */
  width?: number;
  height?: number;
  /** The EXIF tag that was found, 1 to 8. Width and height have it applied. */
  orientation?: number;
  colour?: string;
  alpha?: boolean;
  frames?: number;
}

/** One stored variant. */
export interface VariantDocument {
  preset: string;
  format: string;
  media_type: string;
  key: string;
  /** Under the public URL: `fetchManifest` checks it. */
  url: string;
  /** Pixels. */
  width: number;
  height: number;
  frames?: number;
  /** Length in bytes. */
  bytes: number;
  /** Of the bytes, lower-case hex. */
  sha256: string;
  /** The first preset whose variant of this format has the same bytes. */
  same_as?: string;
}

/** What to show while a variant loads. */
export interface Placeholder {
  /** A ThumbHash, base64. */
  thumbhash: string;
  /** The dominant colour, `#rrggbb`. */
  colour: string;
  /** A tiny picture as a `data:` URI. */
  data_uri?: string;
}
