// docs/deploy.md lists every parameter of the template with the default that it has.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { parameters } from "./template.mjs";

/** For the local stack only, as the page says below its table. */
const LOCAL = ["LocalPort", "GuestFolder"];

test("docs/deploy.md has every parameter, its default, and no other", () => {
  const page = readFileSync(new URL("../../docs/deploy.md", import.meta.url), "utf8");
  const [, table] = page.split("## Parameters");
  const listed = [...table.split("\n## ")[0].matchAll(/^\| `(\w+)` \| (\S+) \|/gm)].map(([, name, value]) => [name, value]);
  const defaults = Object.entries(parameters()).filter(([name]) => !LOCAL.includes(name));
  const shown = defaults.map(([name, { Default }]) => [name, Default === "" ? "none" : String(Default)]);
  assert.deepEqual(listed.sort(), shown.sort());
});
