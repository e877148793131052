// Each alarm goes off for the fault that it is for, and stays quiet without it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { state } from "./cloudwatch.mjs";
import { load } from "./template.mjs";

const resources = load({ OpsEmail: "ops@example.com", Sweep: "on", "AWS::Region": "us-east-1" });
const alarms = Object.entries(resources).filter(([, { type }]) => type === "AWS::CloudWatch::Alarm");

/** The metrics that AWS sends, by namespace, and the dimensions that they are sent with. */
const SENT = {
  "AWS/SQS": { names: ["ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage"], by: ["QueueName"] },
  "AWS/Lambda": { names: ["Errors"], by: ["FunctionName"], forAll: ["Throttles"] },
  "AWS/ApiGateway": { names: ["IntegrationError", "MessageCount"], by: ["ApiId", "Stage"] },
  "AWS/SNS": { names: ["NumberOfMessagesPublished"], by: ["TopicName"] },
  "AWS/CloudFront": { names: ["5xxErrorRate"], by: ["DistributionId", "Region"] },
  "Darkroom/darkroom": { names: [], by: [], forAll: ["Jobs", "Rejected", "Drift"] }, // by filters of the template: see below
};

const none = [];
const each = (minutes, value) => Array(minutes).fill(value);
const quiet = each(60, 0);
/** A minute with this value after an hour without. */
const once = (value) => [...quiet, value];

/** By alarm: metrics' samples, one a minute, at which it must go off, and at which it must not. For several metrics by their ids. */
const CASES = {
  DeadLetterAlarm: { fires: [once(1)], not: [quiet, none] },
  GuestDeadLetterAlarm: { fires: [once(1)], not: [quiet, none] },
  DigestDeadLetterAlarm: { fires: [once(1)], not: [quiet, none] },
  MoreDeadLettersAlarm: {
    fires: [
      { bulk: [3, 3, 3, 4], guest: quiet },
      { bulk: quiet, guest: [3, 3, 3, 4] },
      { bulk: [3, 3, 3, 4], guest: none }, // SQS sends nothing about a queue that nobody has used for hours
      { bulk: [3, 3, undefined, 4], guest: none },
      { bulk: none, guest: [1] },
    ],
    not: [
      { bulk: each(60, 3), guest: quiet },
      { bulk: [3, 3, 3, 2], guest: quiet }, // somebody sends them back
      { bulk: [3, 3, undefined, 3], guest: none },
      { bulk: none, guest: none },
    ],
  },
  BacklogAlarm: { fires: [once(901)], not: [once(900), quiet, none] },
  GuestBacklogAlarm: { fires: [[0, 61, 61]], not: [[61, 61, 0], [0, 0, 61], none] },
  RenderErrorsAlarm: { fires: [once(1), [...once(1), 0, 0, 0]], not: [quiet, none] },
  GuestRenderErrorsAlarm: { fires: [once(1)], not: [quiet, none] },
  PushErrorsAlarm: { fires: [once(1)], not: [quiet, none] },
  DigestErrorsAlarm: { fires: [once(1)], not: [quiet, none] },
  ThrottleAlarm: { fires: [once(1)], not: [quiet, none] },
  SocketErrorsAlarm: { fires: [once(6), [0, 2, 2, 0, 2]], not: [once(5), none] },
  ArrivalsAlarm: { fires: [each(60, 334)], not: [each(60, 333), [...each(60, 334), ...each(60, 1)].slice(30, 90), none] },
  SilenceAlarm: {
    fires: [
      { said: each(30, 1), came: none, left: none }, // the bucket's notification was replaced
      { said: each(30, 1), came: none, left: each(30, 1) },
      { said: none, came: each(30, 5), left: none }, // the event source is off
    ],
    not: [
      { said: each(30, 1), came: each(30, 1), left: each(30, 1) },
      { said: none, came: each(30, 5), left: each(30, 5) },
      { said: none, came: none, left: each(30, 1) }, // digests of what came before
      { said: [...each(15, undefined), ...each(15, 1)], came: none, left: none }, // not for long enough
      { said: none, came: none, left: none },
    ],
  },
  RejectedAlarm: {
    fires: [{ jobs: each(15, 4), rejected: each(15, 3) }],
    not: [
      { jobs: each(15, 4), rejected: each(15, 2) }, // just half of them
      { jobs: [20], rejected: [20] }, // somebody tries a few files
      { jobs: each(15, 400), rejected: each(15, 3) },
      { jobs: each(15, 4), rejected: none },
      { jobs: none, rejected: none },
    ],
  },
  DriftAlarm: { fires: [once(3)], not: [once(0), quiet, none] },
  SweepErrorsAlarm: { fires: [once(1)], not: [quiet, none] },
  OutputErrorsAlarm: { fires: [each(15, 1.5)], not: [[...each(10, 0.5), ...each(5, 2)], each(15, 1), none] },
  SiteErrorsAlarm: { fires: [each(15, 1.5)], not: [each(15, 1), none] },
};

test("there is a case for every alarm, and an alarm for every case", () => {
  assert.deepEqual(Object.keys(CASES).sort(), alarms.map(([name]) => name).sort());
});

for (const [name, { properties }] of alarms) {
  const { fires = [], not = [] } = CASES[name] ?? {};
  const states = (cases) => cases.map((samples) => state(properties, (metric) => (Array.isArray(samples) ? samples : samples[idOf(properties, metric)])));
  test(`${name} goes off, and only for its fault`, () => {
    assert.ok(fires.length > 0 && not.length > 0, "CASES lacks samples at which it goes off, or at which it does not");
    assert.deepEqual(states(fires), fires.map(() => "ALARM"));
    assert.deepEqual(states(not), not.map(() => "OK"));
  });
}

test("alarms watch metrics that exist", () => {
  const metrics = alarms.flatMap(([, { properties }]) => properties.Metrics?.flatMap(({ MetricStat }) => MetricStat?.Metric ?? []) ?? [properties]);
  for (const { Namespace, MetricName, Dimensions } of metrics) {
    const { names, by, forAll = [] } = SENT[Namespace];
    if (Dimensions) {
      assert.deepEqual(Dimensions.map(({ Name }) => Name), by, MetricName);
      assert.ok(names.includes(MetricName), `${Namespace} ${MetricName}`);
    } else assert.ok(forAll.includes(MetricName), `${Namespace} ${MetricName}`);
  }
});

test("the filters of the logs make the metrics of rejected originals and of drift", () => {
  const filters = Object.values(resources).filter(({ type }) => type === "AWS::Logs::MetricFilter");
  const made = filters.map(({ properties }) => {
    const [{ MetricNamespace, MetricName, MetricValue }] = properties.MetricTransformations;
    return [properties.LogGroupName, properties.FilterPattern, MetricNamespace, MetricName, MetricValue].join(" ");
  });
  const all = (log) => [
    `${log} { $.message = "done" } Darkroom/darkroom Jobs 1`,
    `${log} { $.outcome = "rejected" } Darkroom/darkroom Rejected 1`,
  ];
  const drift = 'SweepLogs { $.message = "swept" } Darkroom/darkroom Drift $.differing';
  assert.deepEqual(made.sort(), [...all("RenderLogs"), ...all("GuestRenderLogs"), drift].sort());
});

function idOf({ Metrics }, metric) {
  return Metrics.find(({ MetricStat }) => MetricStat?.Metric === metric).Id;
}
