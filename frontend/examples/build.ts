// Builds an example as its reader would: in a folder of its own, with the packages of this repository as npm would pack them.

import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const FRONTEND = fileURLToPath(new URL("..", import.meta.url));
const MADE = fileURLToPath(new URL("../../target/examples", import.meta.url));
const run = promisify(execFile);

/** A package of this repository. */
export type Own = "client" | "loader";

/** Builds `examples/{name}` with its own `npm run build`. Returns its folder, which is under target/. */
export async function build(name: string, own: Own): Promise<string> {
  const folder = `${MADE}/${name}`;
  const source = `${FRONTEND}examples/${name}`;
  mkdirSync(folder, { recursive: true });
  cpSync(source, folder, { recursive: true });
  if (own === "loader") cpSync(`${FRONTEND}examples/presets.js`, `${folder}/presets.js`);
  await install(folder);
  const tarball = await packed(own);
  const place = `${folder}/node_modules/darkroom-${own}`;
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place, { recursive: true });
  await run("tar", ["-xzf", tarball, "--strip-components=1", "-C", place]);
  await npm(folder, "run", "build");
  return folder;
}

/** `npm ci`, unless that is done for this very package-lock.json. */
async function install(folder: string): Promise<void> {
  const lock = readFileSync(`${folder}/package-lock.json`, "utf8");
  const mark = `${folder}/node_modules/.made-from`;
  if (existsSync(mark) && readFileSync(mark, "utf8") === lock) return;
  await npm(folder, "ci", "--no-audit", "--no-fund", "--loglevel=error");
  mkdirSync(`${folder}/node_modules`, { recursive: true }); // an example may need nothing
  writeFileSync(mark, lock);
}

const tarballs = new Map<Own, Promise<string>>();

/** The package as it would be published. */
function packed(own: Own): Promise<string> {
  const making = tarballs.get(own) ?? pack(own);
  tarballs.set(own, making);
  return making;
}

async function pack(own: Own): Promise<string> {
  rmSync(`${FRONTEND}${own}/dist`, { recursive: true, force: true });
  await npm(FRONTEND, "run", `build:${own}`);
  mkdirSync(`${MADE}/packages`, { recursive: true });
  const { stdout } = await npm(
    `${FRONTEND}${own}`,
    "pack",
    "--json",
    "--pack-destination",
    `${MADE}/packages`,
  );
  const [{ filename }] = JSON.parse(stdout);
  return `${MADE}/packages/${filename}`;
}

/** Runs npm. Its output is in the error of a command that fails. */
async function npm(folder: string, ...words: string[]): Promise<{ stdout: string }> {
  const env = {
    ...process.env,
    NEXT_TELEMETRY_DISABLED: "1",
    NG_CLI_ANALYTICS: "false",
    ASTRO_TELEMETRY_DISABLED: "1",
    NUXT_TELEMETRY_DISABLED: "1",
  };
  try {
    return await run("npm", words, { cwd: folder, env, maxBuffer: 64 * 1024 * 1024 });
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    throw new Error(`failed to run npm ${words.join(" ")} in ${folder}:\n${stdout}\n${stderr}`);
  }
}
