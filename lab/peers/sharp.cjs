// sharp as a contender; the requests and answers are those of lab/engine/src/worker.rs.
"use strict";
const fs = require("node:fs");
const path = require("node:path");
const readline = require("node:readline");
const sharp = require("sharp");

const presets = JSON.parse(fs.readFileSync(process.argv[2], "utf8"));
sharp.cache(false); // every run is new work

let original = Buffer.alloc(0);
let made = {};

const encoded = (image, job, quality) => {
  const flat = job === "jpeg" ? image.flatten({ background: "#ffffff" }) : image;
  return flat[job]({ quality });
};

const sized = (image, preset) =>
  image.resize(preset.size.width, preset.size.height, { fit: preset.fit, withoutEnlargement: true });

// As most people write it: one pipeline a variant, all from one buffer.
async function naive(job, presets) {
  const files = presets.map((preset) =>
    encoded(sized(sharp(original).rotate(), preset), job, preset.quality).toBuffer(),
  );
  return Promise.all(files);
}

// As its experts would: the original is decoded once, for the largest variant, whose pixels make the others (each from the
// smallest that has twice its size), and a profile that is sRGB anyway is not converted.
async function best(job, presets, options = {}) {
  const profile = (await sharp(original).metadata()).icc;
  const ignoreIcc = profile === undefined || profile.includes("sRGB") || profile.includes("s\0R\0G\0B");
  const raw = async (image) => {
    const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
    return { data, raw: { width: info.width, height: info.height, channels: info.channels } };
  };
  const from = ({ data, raw }) => sharp(data, { raw });
  const order = [...presets].sort((a, b) => b.size.width - a.size.width);
  const pixels = [];
  const encodings = new Map();
  for (const preset of order) {
    const parent = pixels.findLast(
      (at) => Math.min(at.raw.width, at.raw.height) >= 2 * preset.size.width || at.preset.size.width >= 2 * preset.size.width,
    );
    const source = parent ?? pixels[0];
    const begun = source === undefined ? sharp(original, { ignoreIcc }).rotate() : from(source);
    const flat = source === undefined && job === "jpeg" ? begun.flatten({ background: "#ffffff" }) : begun;
    const at = { preset, ...(await raw(sized(flat, preset))) };
    pixels.push(at);
    // the encoders run on sharp's threads while the next size is made
    encodings.set(preset.name, from(at)[job]({ quality: preset.quality, ...options }).toBuffer());
  }
  return Promise.all(presets.map((preset) => encodings.get(preset.name)));
}

// The same without optimised Huffman tables: faster, and its files are larger.
const fastest = (job, presets) => best(job, presets, job === "jpeg" ? { optimiseCoding: false } : {});

const contenders = { sharp: naive, "sharp-best": best, "sharp-fastest": fastest };

async function answer(request) {
  if (request.load !== undefined) {
    original = fs.readFileSync(request.load);
    return { ok: true };
  }
  if (request.save !== undefined) {
    fs.mkdirSync(request.save, { recursive: true });
    for (const [name, file] of Object.entries(made)) fs.writeFileSync(path.join(request.save, name), file);
    return { ok: true };
  }
  const { quality } = request;
  const wanted = quality === undefined ? presets : presets.map((preset) => ({ ...preset, quality }));
  const start = process.hrtime.bigint();
  const before = process.resourceUsage();
  const files = await contenders[request.run](request.job, wanted);
  const after = process.resourceUsage();
  const wall = Number(process.hrtime.bigint() - start) / 1e6;
  const microseconds =
    after.userCPUTime + after.systemCPUTime - before.userCPUTime - before.systemCPUTime;
  const extension = request.job === "jpeg" ? "jpg" : request.job;
  made = Object.fromEntries(presets.map((preset, i) => [`${preset.name}.${extension}`, files[i]]));
  return { cpu_ms: microseconds / 1e3, wall_ms: wall, bytes: files.reduce((sum, file) => sum + file.length, 0) };
}

(async () => {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify(await answer(JSON.parse(line)))}\n`);
  }
})();
