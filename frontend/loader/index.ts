// What a front end needs to show Darkroom's variants. No dependencies, no browser, no Node.

export { fromManifest, type Picture, type ReadManifest, type Source } from "./manifest.ts";
export { type Asked, type Preset, type Presets, SHIPPED, urlOf } from "./url.ts";
