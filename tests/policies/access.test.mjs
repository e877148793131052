// Who may fetch variants: everyone who knows the key, or who has a signature; and the logs that say who did.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createVerify, generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { load } from "./template.mjs";

const GROUP = "98765432-1234-4000-8000-000000000001";
const open = load();
const signed = load({ OutputAccess: "signed", OutputKeyGroup: GROUP });
const behaviours = (resources, name) => {
  const { DefaultCacheBehavior, CacheBehaviors = [] } = resources[name].properties.DistributionConfig;
  return [...CacheBehaviors, { ...DefaultCacheBehavior, PathPattern: "*" }];
};

/** The behaviour that CloudFront takes for a path: the first whose pattern matches. `*` stands for any text, `?` for one character. */
function behaviour(resources, name, path) {
  const matches = (pattern) => new RegExp(`^${pattern.replaceAll("*", ".*").replaceAll("?", ".")}$`).test(path);
  return behaviours(resources, name).find(({ PathPattern }) => matches(PathPattern));
}

test("by default nothing asks for a signature", () => {
  for (const name of ["OutputDistribution", "SiteDistribution"]) {
    for (const { TrustedKeyGroups } of behaviours(open, name)) assert.equal(TrustedKeyGroups, undefined);
  }
});

test("OutputAccess=signed asks for a signature for bulk outputs, and for nothing else", () => {
  const asks = (name, path) => behaviour(signed, name, path).TrustedKeyGroups;
  for (const path of [
    "photos/cat.jpg/large.jpg",
    "photos/cat.jpg/manifest.json",
    "guest/large.jpg", // of the bulk key `guest`
    "guest/manifest.json",
    "guests/0123456789abcdef0123456789abcdef/large.jpg",
    "photos/guest/0123456789abcdef0123456789abcdef/large.jpg",
  ]) {
    assert.deepEqual(asks("OutputDistribution", path), [GROUP], path);
  }
  for (const path of ["guest/0123456789abcdef0123456789abcdef/large.jpg", "guest/0123456789abcdef0123456789abcdef/manifest.json"]) {
    assert.equal(asks("OutputDistribution", path), undefined, path);
  }
  for (const path of ["index.html", "config.json", "assets/index.js"]) assert.equal(asks("SiteDistribution", path), undefined, path);
});

test("guests' outputs are served alike with and without signatures for the rest", () => {
  const path = "guest/0123456789abcdef0123456789abcdef/large.jpg";
  const { PathPattern, ...theirs } = behaviour(signed, "OutputDistribution", path);
  const { PathPattern: all, ...before } = behaviour(open, "OutputDistribution", path);
  assert.deepEqual(theirs, before);
  assert.notEqual(PathPattern, all);
});

// The command of docs/deploy.md. CloudFront recomputes the policy from the URL and checks the signature with the group's keys.
test("aws cloudfront sign makes the signature that CloudFront checks", () => {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const folder = mkdtempSync(join(tmpdir(), "darkroom-"));
  const url = "https://d111.cloudfront.net/photos/cat.jpg/large.jpg?v=1a2b3c4d";
  try {
    const file = join(folder, "private.pem");
    writeFileSync(file, privateKey.export({ type: "pkcs1", format: "pem" }));
    const words = ["cloudfront", "sign", "--url", url, "--key-pair-id", "K1", "--private-key", `file://${file}`];
    const aws = process.env.DARKROOM_PYTHON ? join(dirname(process.env.DARKROOM_PYTHON), "aws") : "aws";
    const said = execFileSync(aws, [...words, "--date-less-than", "2030-01-01T00:00:00Z"], { encoding: "utf8" });
    const answer = new URL(said.trim());
    assert.equal(answer.searchParams.get("Key-Pair-Id"), "K1");
    assert.equal(answer.searchParams.get("Expires"), "1893456000");
    assert.equal(answer.searchParams.get("v"), "1a2b3c4d");
    const policy = `{"Statement":[{"Resource":"${url}","Condition":{"DateLessThan":{"AWS:EpochTime":1893456000}}}]}`;
    const signature = answer.searchParams.get("Signature").replaceAll("-", "+").replaceAll("_", "=").replaceAll("~", "/");
    assert.ok(createVerify("RSA-SHA1").update(policy).verify(publicKey, signature, "base64"));
    assert.ok(!createVerify("RSA-SHA1").update(policy.replace("cat", "dog")).verify(publicKey, signature, "base64"));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("access logs are kept for as long as asked, and by default not at all", () => {
  const logged = load({ AccessLogDays: "30" });
  const targets = (resources) => [
    ...["InputBucket", "OutputBucket"].map((name) => resources[name].properties.LoggingConfiguration?.DestinationBucketName),
    ...["OutputDistribution", "SiteDistribution"].map((name) => resources[name].properties.DistributionConfig.Logging?.Bucket),
  ];
  assert.equal(open.AccessLogBucket, undefined);
  assert.deepEqual(targets(open), [undefined, undefined, undefined, undefined]);
  const domain = "AccessLogBucket.RegionalDomainName";
  assert.deepEqual(targets(logged), ["AccessLogBucket", "AccessLogBucket", domain, domain]);
  const { LifecycleConfiguration, OwnershipControls } = logged.AccessLogBucket.properties;
  assert.equal(LifecycleConfiguration.Rules[0].ExpirationInDays, "30");
  assert.equal(OwnershipControls.Rules[0].ObjectOwnership, "BucketOwnerPreferred", "CloudFront cannot write without ACLs");
});
