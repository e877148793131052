// Which other sites may upload, and may show the page in a frame.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { load } from "./template.mjs";

const A = "https://a.example";
const B = "https://b.example";
const alone = load();
const both = load({ AppOrigins: `${A},${B}` });
const rules = (resources) => resources.InputBucket.properties.CorsConfiguration.CorsRules;
const headers = (resources) => resources.SiteHeadersPolicy.properties.ResponseHeadersPolicyConfig;
const policy = (resources) => headers(resources).SecurityHeadersConfig.ContentSecurityPolicy.ContentSecurityPolicy.split("; ");

test("by default the page alone may upload, and no site shows it in a frame", () => {
  assert.equal(rules(alone).length, 1);
  assert.ok(policy(alone).includes("frame-ancestors 'none'"));
  assert.equal(headers(alone).SecurityHeadersConfig.FrameOptions.FrameOption, "DENY");
});

test("AppOrigins may upload as the page does, and may show it in a frame", () => {
  const [page, apps, ...others] = rules(both);
  assert.deepEqual(others, []);
  assert.deepEqual(page, rules(alone)[0]);
  assert.deepEqual(apps, { ...page, AllowedOrigins: [A, B] });
  assert.ok(policy(both).includes(`frame-ancestors ${A} ${B}`));
  assert.equal(headers(both).SecurityHeadersConfig.FrameOptions, undefined); // it could only forbid all
  assert.equal(policy(both).length, policy(alone).length);
});

test("an origin is https, and has no path and no wildcard", () => {
  const text = readFileSync(new URL("../../template.yaml", import.meta.url), "utf8");
  const [, pattern] = /AppOrigins:[^]*?AllowedPattern: "(.*)"/.exec(text);
  const allowed = new RegExp(JSON.parse(`"${pattern}"`));
  for (const good of ["", A, `${A},${B}`, "https://a.example:8443"]) assert.match(good, allowed);
  for (const bad of ["*", "https://*", "https://*.example", "http://a.example", `${A}/`, `${A}, ${B}`, `${A},`, "https://a.example;"]) {
    assert.doesNotMatch(bad, allowed);
  }
});
