// What an application imports: see README.md.

export {
  type Client,
  type ClientEvent,
  createClient,
  type SignedPut,
  type Uploaded,
  type UploadOptions,
  type Watched,
} from "./client.ts";
export { type Accepts, type Config, loadConfig, parseConfig } from "./config.ts";
export type { DarkroomOptions } from "./darkroom.ts";
export type {
  Manifest,
  OriginalDocument,
  Placeholder,
  ReadyManifest,
  RejectedManifest,
  RemovedManifest,
  VariantDocument,
} from "./document.ts";
export { Fault, type FaultCode, type FaultParts } from "./fault.ts";
export { type Choice, chooseLanguage, LANGUAGES, type Language, speak } from "./language.ts";
export type { State } from "./state.ts";
