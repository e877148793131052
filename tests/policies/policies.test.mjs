// Every line of cases.yaml, asked of a policy evaluator over the translated template.yaml. The local AWS lets some through
// that AWS would refuse: it does not know IAM's policy variables, nor most of S3's condition keys.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { anonymousPrincipal, runSimulation } from "@cloud-copilot/iam-simulate";
import { parse } from "yaml";
import { ACCOUNT, STACK, arn, load } from "./template.mjs";

const ME = "eu-west-1:aaaaaaaa-0000-4000-8000-000000000001";
const OTHER = "eu-west-1:bbbbbbbb-0000-4000-8000-000000000002";
/** What AWS puts the asking guest's identity id in the place of. The evaluator does not know it. */
const VARIABLE = "${cognito-identity.amazonaws.com:sub}";

const resources = load({ AccessLogDays: "30", OpsEmail: "ops@example.com", BudgetStopsGuests: "on", Sweep: "on" }); // with every policy
const everyone = parse(readFileSync(new URL("cases.yaml", import.meta.url), "utf8"));

for (const { who, what, may, "may not": mayNot } of everyone) {
  for (const request of may) test(`${what} may ${line(request)}`, () => expect(who, request, true));
  for (const request of mayNot) test(`${what} may not ${line(request)}`, () => expect(who, request, false));
}

test("cases.yaml speaks about every role", () => {
  const roles = Object.keys(resources).filter((name) => resources[name].type === "AWS::IAM::Role");
  assert.deepEqual(
    roles.filter((role) => !everyone.some(({ who }) => who === role)),
    [],
  );
});

test("nothing wider: no role allows a wildcard action, or a resource outside this stack", () => {
  for (const [name, { type, properties }] of Object.entries(resources)) {
    if (type !== "AWS::IAM::Role") continue;
    assert.equal(properties.ManagedPolicyArns, undefined, `${name} has a managed policy`);
    for (const statement of statements(properties)) {
      if (statement.Effect !== "Allow") continue;
      for (const action of [statement.Action].flat()) assert.doesNotMatch(action, /[*?]/, `${name} allows ${action}`);
      for (const resource of [statement.Resource].flat()) {
        assert.ok(ours(resource) || unlimited(statement), `${name} may ${statement.Action} on ${resource}`);
      }
    }
  }
});

test("closing guest uploads takes the rights of the guests who are there, and lets nobody in", async () => {
  const closed = load({ GuestUploads: "off" });
  assert.equal(closed.IdentityPool.properties.AllowUnauthenticatedIdentities, false);
  assert.deepEqual(statements(closed.GuestRole.properties).at(-1), { Effect: "Deny", Action: "*", Resource: "*" });
  assert.equal(resources.IdentityPool.properties.AllowUnauthenticatedIdentities, true);
});

test("the policy that stops guests takes every right, and nobody has it from the start", async () => {
  const { PolicyDocument, Roles } = resources.GuestStopPolicy.properties;
  assert.equal(Roles, undefined);
  const own = identityPolicies("GuestRole");
  const stop = { name: "stop", policy: PolicyDocument };
  const request = {
    principal: principalOf("GuestRole"),
    action: "s3:PutObject",
    resource: { resource: resourceArn("InputBucket/guest/ME/0b8f/photo.jpg"), accountId: ACCOUNT },
    contextVariables: { "s3:if-none-match": "*", "aws:SecureTransport": "true" },
  };
  for (const [identityPolicies, result] of [
    [own, "Allowed"],
    [[...own, stop], "ExplicitlyDenied"],
  ]) {
    const policies = { identityPolicies, serviceControlPolicies: [], resourceControlPolicies: [], resourcePolicy: undefined };
    assert.equal((await runSimulation({ request, ...policies }, {})).overallResult, result);
  }
});

test("guests come from this pool only, and only without a login", async () => {
  const trust = resources.GuestRole.properties.AssumeRolePolicyDocument.Statement;
  assert.deepEqual(trust, [
    {
      Effect: "Allow",
      Principal: { Federated: "cognito-identity.amazonaws.com" },
      Action: "sts:AssumeRoleWithWebIdentity",
      Condition: {
        StringEquals: { "cognito-identity.amazonaws.com:aud": "IdentityPool" },
        "ForAnyValue:StringLike": { "cognito-identity.amazonaws.com:amr": "unauthenticated" },
      },
    },
  ]);
  assert.equal(resources.IdentityPool.properties.AllowClassicFlow, false);
});

/** Actions that AWS authorizes on `*` and on nothing else. */
const UNLIMITED = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"];

function unlimited(statement) {
  return statement.Resource === "*" && [statement.Action].flat().every((action) => UNLIMITED.includes(action));
}

/** Whether an ARN names something of this stack, whole or with a path behind it. */
function ours(resource) {
  const known = Object.keys(resources).flatMap((name) => {
    try {
      return [arn(resources, name)];
    } catch {
      return []; // a kind that has no ARN here
    }
  });
  known.push(`arn:aws:execute-api:eu-west-1:${ACCOUNT}:WebSocketApi/live`);
  return known.some((one) => resource === one || resource.startsWith(`${one}/`));
}

function statements(role) {
  return (role.Policies ?? []).flatMap((policy) => policy.PolicyDocument.Statement);
}

function line(request) {
  const [[action, resource]] = Object.entries(request);
  const context = Object.entries(request.with ?? {}).map(([key, value]) => `${key}=${value}`);
  return [action, resource, ...context].join(" ");
}

async function expect(who, request, allowed) {
  const [[action, path]] = Object.entries(request);
  const resource = resourceArn(path);
  const principal = principalOf(who);
  const simulation = {
    request: {
      principal,
      action,
      resource: { resource, accountId: ACCOUNT },
      contextVariables: context(request.with ?? {}),
    },
    identityPolicies: identityPolicies(who),
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    resourcePolicy: resourcePolicy(path.split("/")[0]),
  };
  const answer = await runSimulation(simulation, {});
  assert.notEqual(answer.resultType, "error", JSON.stringify(answer.errors));
  // A condition key that does not belong to the action would be dropped in silence, and the line would show nothing.
  assert.deepEqual(answer.result.ignoredContextKeys ?? [], [], "condition keys that this action does not have");
  assert.equal(answer.overallResult === "Allowed", allowed, `${who}: ${line(request)}: ${answer.overallResult}`);
}

function principalOf(who) {
  if (who === "anonymous") return anonymousPrincipal;
  return who.includes(".") ? who : `arn:aws:sts::${ACCOUNT}:assumed-role/${who}/session`;
}

function identityPolicies(who) {
  if (!resources[who]) return [];
  const { Policies } = resources[who].properties;
  return Policies.map(({ PolicyName, PolicyDocument }) => ({
    name: PolicyName,
    policy: JSON.parse(JSON.stringify(PolicyDocument).replaceAll(VARIABLE, ME)),
  }));
}

/** The policy that is attached to a bucket, queue or topic. */
function resourcePolicy(name) {
  const itself = (value) => value === name || value === physicalName(name) || value === arn(resources, name);
  const found = Object.values(resources).filter(({ type, properties }) => {
    if (type === "AWS::S3::BucketPolicy") return itself(properties.Bucket);
    if (type === "AWS::SQS::QueuePolicy") return properties.Queues.some(itself);
    return type === "AWS::SNS::TopicPolicy" && properties.Topics.some(itself);
  });
  assert.ok(found.length < 2, `${name} has ${found.length} policies: the last one to be deployed would win`);
  return found[0]?.properties.PolicyDocument;
}

function physicalName(name) {
  return arn(resources, name).split(":").at(-1);
}

function resourceArn(path) {
  const [name, ...rest] = path.replace("OTHER", OTHER).replace("ME", ME).split("/");
  const whole = arn(resources, name).replace(/:\*$/, ":log-stream:one"); // of a log group
  return rest.length > 0 ? [whole, ...rest].join("/") : whole;
}

function context(values) {
  const known = (value) => {
    if (value === "ACCOUNT") return ACCOUNT;
    return resources[value] ? arn(resources, value) : value;
  };
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, known(value)]));
}
