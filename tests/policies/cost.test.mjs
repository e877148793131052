// docs/cost.md computes what it says, for the stack that template.yaml and presets.toml describe.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { load } from "./template.mjs";

const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const page = read("docs/cost.md");

/** What the page says a letter stands for, as in "`V` = 5". */
function value(letter) {
  const found = new RegExp(`\`${letter}\` = ([\\d.]+)`).exec(page);
  assert.ok(found, `docs/cost.md does not say what ${letter} is`);
  return Number(found[1]);
}

/** Sums and products of numbers and letters. */
function compute(formula) {
  const numbers = formula.replace(/[A-Z]/g, (letter) => value(letter)).replaceAll("x", "*");
  const plain = numbers.replace(/\bb\b/g, value("b"));
  assert.match(plain, /^[\d.\s*/+()]+$/, formula);
  return Number(Function(`"use strict"; return ${plain}`)());
}

test("every figure is what its formula gives", () => {
  const rows = [...page.matchAll(/^\| [^|]+ \| ([^|]+) \| ([\d.]+) \|$/gm)];
  assert.ok(rows.length >= 14, `only ${rows.length} rows`);
  for (const [row, formula, dollars] of rows) {
    assert.ok(Math.abs(compute(formula) - Number(dollars)) < 0.0051, `${row}: ${compute(formula)}`);
  }
});

test("an anonymous flood of the WebSocket costs at most a dollar an hour", () => {
  const { WatchTable, WebSocketStage } = load();
  const caps = [WatchTable.properties, ...WatchTable.properties.GlobalSecondaryIndexes].map(({ OnDemandThroughput }) => OnDemandThroughput);
  const sum = (name) => caps.reduce((all, cap) => all + cap[name], 0);
  const { DefaultRouteSettings, RouteSettings } = WebSocketStage.properties;
  const rate = DefaultRouteSettings.ThrottlingRateLimit + RouteSettings.watch.ThrottlingRateLimit;
  const [, table] = page.split("The WebSocket flood, in dollars");
  const formulas = [...table.split("## ")[0].matchAll(/^\| [^|]+ \| ([^|]+) \| [\d.]+ \|$/gm)].map(([, formula]) => formula);
  const parts = [
    `1.00 x ${rate} x 0.0036`, // a million a second for an hour is 3,600 million
    `0.625 x ${sum("MaxWriteRequestUnits")} x 0.0036`,
    `0.125 x ${sum("MaxReadRequestUnits")} x 0.0036`,
    `0.25 x ${(DefaultRouteSettings.ThrottlingRateLimit * 600) / 1e6} x 60`,
    `(0.20 + 13.33 x 0.25 x 0.02) x ${rate} x 0.0036`,
  ];
  assert.deepEqual(formulas, parts);
  assert.ok(formulas.map(compute).reduce((all, one) => all + one, 0) < 1);
});

test("the letters are what is deployed", () => {
  const resources = load();
  const { MemorySize } = resources.RenderFunction.properties;
  assert.equal(value("G"), Math.round((MemorySize / 1024) * 100) / 100);
  const presets = [...read("presets.toml").matchAll(/^\[presets\.\w+\]/gm)];
  assert.equal(value("V"), presets.length);
  for (const name of ["RenderFunctionQueue", "GuestRenderFunctionQueue"]) {
    assert.equal(value("b"), resources[name].properties.BatchSize);
  }
});

test("the idle stack has the metrics that it has", () => {
  const resources = Object.values(load({ "AWS::Region": "us-east-1" }));
  const alarms = resources.filter(({ type }) => type === "AWS::CloudWatch::Alarm");
  const watched = alarms.map(({ properties }) => properties.Metrics?.filter(({ MetricStat }) => MetricStat).length ?? 1);
  const filters = resources.filter(({ type }) => type === "AWS::Logs::MetricFilter");
  const ours = new Set(filters.map(({ properties }) => properties.MetricTransformations[0].MetricName));
  const pollers = resources.filter(({ type }) => type === "AWS::Lambda::EventSourceMapping").length;
  const sum = watched.reduce((all, one) => all + one, 0);
  const [, formula, about] = /^\| An idle stack: .* \| (.*), about ([\d.]+) \|$/m.exec(page);
  assert.equal(formula, `0.10 x ${sum} + 0.30 x ${ours.size} + 0.40 x 0.65 x ${pollers} + 0.40 x 0.07`);
  assert.ok(Math.abs(compute(formula) - Number(about)) < 0.05);
});

test("the defaults it reckons with are the template's", () => {
  const resources = load();
  const most = (name) => resources[name].properties.ScalingConfig.MaximumConcurrency;
  assert.match(page, new RegExp(`\`MaxConcurrency\` = ${most("RenderFunctionQueue")}:`));
  assert.match(page, new RegExp(`\`GuestConcurrency\` = ${most("GuestRenderFunctionQueue")} `));
  const { RouteSettings } = resources.WebSocketStage.properties;
  assert.match(page, new RegExp(`WebSocket flood \\| ${RouteSettings.watch.ThrottlingRateLimit} messages`));
  const { OnDemandThroughput } = resources.WatchTable.properties;
  assert.match(page, new RegExp(`${OnDemandThroughput.MaxWriteRequestUnits} writes and ${OnDemandThroughput.MaxReadRequestUnits} reads a second`));
});
