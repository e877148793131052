// Alarms that somebody can act on, and limits that agree with each other, in the template as AWS gets it.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { arn, load } from "./template.mjs";

const resources = load({ OpsEmail: "ops@example.com", Sweep: "on" });
const ofType = (type) => Object.entries(resources).filter(([, resource]) => resource.type === type);
const alarms = ofType("AWS::CloudWatch::Alarm");

test("every alarm tells the ops topic, and names a heading of the runbooks", () => {
  const runbooks = readFileSync(new URL("../../docs/runbooks.md", import.meta.url), "utf8");
  const anchors = [...runbooks.matchAll(/^## (.+)$/gm)].map(([, heading]) =>
    heading.toLowerCase().replace(/[^\w -]/g, "").replaceAll(" ", "-"),
  );
  assert.ok(alarms.length >= 14, `only ${alarms.length} alarms`);
  for (const [name, { properties }] of alarms) {
    assert.deepEqual(properties.AlarmActions, [arn(resources, "OpsTopic")], name);
    const anchor = /docs\/runbooks\.md#([\w-]+)$/.exec(properties.AlarmDescription)?.[1];
    assert.ok(anchors.includes(anchor), `${name}: docs/runbooks.md has no heading for "${properties.AlarmDescription}"`);
  }
});

test("every queue, dead-letter queue and function has an alarm", () => {
  const watched = JSON.stringify(alarms.map(([, { properties }]) => [properties.Dimensions, properties.Metrics]));
  const mustBe = [...ofType("AWS::SQS::Queue").map(([name]) => name), ...ofType("AWS::Lambda::Function").map(([name]) => name)];
  const unwatched = mustBe.filter((name) => !watched.includes(`"${name}`));
  assert.deepEqual(unwatched, ["DigestQueue"]); // a late mail is no alarm; one that fails is
});

test("a queue's visibility timeout is six times its function's timeout, and a guest's is two minutes at most", () => {
  for (const [name, { properties }] of ofType("AWS::Lambda::EventSourceMapping")) {
    const queue = properties.EventSourceArn.split(":").at(-1);
    const called = resources[properties.FunctionName];
    const { Timeout } = (called.type === "AWS::Lambda::Alias" ? resources[called.properties.FunctionName] : called).properties;
    assert.ok(resources[queue].properties.VisibilityTimeout >= 6 * Timeout, name);
    assert.deepEqual(properties.FunctionResponseTypes, ["ReportBatchItemFailures"], name);
  }
  assert.ok(resources.GuestQueue.properties.VisibilityTimeout <= 120);
});

test("digest runs by the clock, one run after the other, and hides what it sums up until it has ended", () => {
  const clock = (all) => all.DigestFunctionClock.properties;
  assert.equal(clock(resources).ScheduleExpression, "rate(5 minutes)");
  assert.equal(clock(load({ LocalPort: "4566" })).ScheduleExpression, "rate(1 minute)");
  assert.equal(clock(resources).Targets[0].Arn, arn(resources, "DigestFunction"));
  const { Timeout } = resources.DigestFunction.properties;
  assert.ok(Timeout < 300);
  const source = readFileSync(new URL("../../functions/digest/src/main.rs", import.meta.url), "utf8");
  const hidden = Number(/const HIDDEN: u16 = (\d+);/.exec(source)[1]);
  assert.ok(hidden > Timeout);
  assert.equal(resources.DigestQueue.properties.VisibilityTimeout, hidden);
});

test("sweep looks at every original once, when it is no longer in the queue, and only when asked to", () => {
  const { ScheduleExpression, Targets } = resources.SweepFunctionClock.properties;
  assert.equal(ScheduleExpression, "rate(1 day)");
  const { since_seconds: since, until_seconds: until } = JSON.parse(Targets[0].Input);
  assert.ok(since - until >= 86400, "a gap between two runs");
  assert.ok(until >= 900 && until > resources.Queue.properties.VisibilityTimeout, "an original in the queue is not drift");
  const [{ MetricValue }] = resources.Drift.properties.MetricTransformations;
  const source = readFileSync(new URL("../../functions/sweep/src/main.rs", import.meta.url), "utf8");
  assert.ok(source.includes(`${MetricValue.replace("$.", "")} = swept.`) && source.includes('"swept"'));
  const off = Object.keys(load()).filter((name) => /Sweep|Drift/.test(name));
  assert.deepEqual(off, []);
});

test("each event reaches exactly one queue", () => {
  const filter = (name) => {
    const { FilterPolicy, FilterPolicyScope } = resources[name].properties;
    assert.equal(FilterPolicyScope, "MessageBody");
    return FilterPolicy.Records.s3.object.key;
  };
  const guest = filter("GuestQueueSubscription");
  assert.deepEqual(guest, [{ prefix: "guest/" }]);
  assert.deepEqual(filter("QueueSubscription"), guest.map((rule) => ({ "anything-but": rule })));
  for (const name of ["GuestQueueSubscription", "QueueSubscription"]) {
    assert.equal(resources[name].properties.RawMessageDelivery, true, "render reads S3's own JSON");
  }
});

test("the bucket sends an event for every change that render acts on", () => {
  const { TopicConfigurations } = resources.InputBucket.properties.NotificationConfiguration;
  const sent = TopicConfigurations.map(({ Event }) => Event.replace(/^s3:/, "").replace(/\*$/, ""));
  const source = readFileSync(new URL("../../lib/pipeline/src/event.rs", import.meta.url), "utf8");
  const [, list] = /const CHANGES: \[&str; \d+\] = \[([^\]]+)\]/.exec(source);
  const understood = [...list.matchAll(/"([^"]+)"/g)].map(([, name]) => name);
  assert.deepEqual(sent, understood);
});

test("queues call the live version of render, and a canary is taken back by the alarm of its function", () => {
  const watched = load({ CanaryDeployments: "on" });
  const groups = (all) => Object.values(all).filter(({ type }) => type === "AWS::CodeDeploy::DeploymentGroup");
  assert.deepEqual(groups(resources), []);
  const alarmsOf = groups(watched).map(({ properties }) => properties.AlarmConfiguration.Alarms);
  assert.deepEqual(alarmsOf, [[{ Name: "RenderErrorsAlarm" }], [{ Name: "GuestRenderErrorsAlarm" }]]);
  for (const { properties } of groups(watched)) {
    assert.ok(properties.AutoRollbackConfiguration.Events.includes("DEPLOYMENT_STOP_ON_ALARM"));
    assert.equal(properties.DeploymentConfigName, "CodeDeployDefault.LambdaCanary10Percent5Minutes");
  }
  for (const name of ["RenderFunction", "GuestRenderFunction"]) {
    for (const all of [resources, watched]) assert.equal(all[`${name}Queue`].properties.FunctionName, `${name}Aliaslive`);
  }
});

test("a budget is there when somebody reads its mail", () => {
  assert.equal(resources.Budget.type, "AWS::Budgets::Budget");
  assert.equal(load().Budget, undefined);
  assert.equal(load({ OpsEmail: "ops@example.com", MonthlyBudget: "0" }).Budget, undefined);
});

test("the budget stops guests when asked to, and only then", () => {
  const all = (parameters) => load({ OpsEmail: "ops@example.com", ...parameters });
  const { BudgetAction } = all({ BudgetStopsGuests: "on" });
  assert.equal(BudgetAction.properties.BudgetName, "Budget");
  assert.equal(BudgetAction.properties.ApprovalModel, "AUTOMATIC");
  assert.deepEqual(BudgetAction.properties.ActionThreshold, { Type: "PERCENTAGE", Value: 100 });
  assert.deepEqual(BudgetAction.properties.Definition.IamActionDefinition, {
    PolicyArn: arn(resources, "GuestStopPolicy"),
    Roles: ["GuestRole"],
  });
  assert.equal(all({}).BudgetAction, undefined);
  assert.equal(all({}).BudgetRole, undefined);
  assert.equal(all({ BudgetStopsGuests: "on", MonthlyBudget: "0" }).BudgetAction, undefined);
});

test("traces are sent when asked for, and only then", () => {
  const traced = load({ Tracing: "on", Sweep: "on" });
  for (const [name, { properties }] of ofType("AWS::Lambda::Function")) {
    assert.equal(properties.TracingConfig.Mode, "PassThrough", name);
    assert.equal(traced[name].properties.TracingConfig.Mode, "Active", name);
    const role = (all) => JSON.stringify(all[properties.Role.split("/").at(-1)].properties.Policies);
    assert.ok(!role(resources).includes("xray:"), name);
    assert.ok(role(traced).includes("xray:PutTraceSegments"), name);
  }
});

test("the dashboard is JSON that CloudWatch reads, and shows every queue and function", () => {
  const { widgets } = JSON.parse(resources.Dashboard.properties.DashboardBody);
  assert.ok(widgets.length >= 8);
  for (const { type, properties } of widgets) assert.ok(properties.title && (type === "log" ? properties.query : properties.metrics));
});
