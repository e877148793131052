// What a hostile client can ask of the socket, from the page's side of a real stack. The rate of messages and their number
// are bounded by API Gateway (20 a second, see template.yaml), which the local AWS does not imitate.

import { readFileSync } from "node:fs";
import { AwsClient } from "aws4fetch";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, open, required } from "./chrome.ts";

let browser: Browser;
let page: Page;

beforeAll(async () => {
  browser = await launch();
  ({ page } = await open(browser));
});
afterAll(() => browser.close());

/** What the server sends. */
interface Message {
  type?: string;
  ids?: string[];
  message?: string;
}

const socketUrl = (): Promise<string> =>
  page.evaluate(async () => (await (await fetch("config.json")).json()).websocketUrl);

/** Sends `texts` on a connection of their own; resolves to the answers, or to what there is once the connection closes. */
async function say(texts: string[]): Promise<Message[]> {
  const url = await socketUrl();
  return page.evaluate(
    ({ url, texts }) =>
      new Promise<Message[]>((resolve) => {
        const answers: Message[] = [];
        const socket = new WebSocket(url);
        const end = () => {
          resolve(answers);
          socket.close();
        };
        setTimeout(end, 20_000);
        socket.addEventListener("close", end);
        socket.addEventListener("open", () => {
          for (const text of texts) socket.send(text);
        });
        socket.addEventListener("message", ({ data }) => {
          answers.push(JSON.parse(data));
          if (answers.length === texts.length) end();
        });
      }),
    { url, texts },
  );
}

const ids = (count: number) => Array.from({ length: count }, (_, at) => at.toString(16).padStart(32, "0"));
const watch = (watched: unknown) => JSON.stringify({ action: "watch", ids: watched });

test("ten ids are watched, eleven are not", async () => {
  const [ten] = await say([watch(ids(10))]);
  expect(ten).toEqual({ type: "watching", ids: ids(10) });
  const [eleven] = await say([watch(ids(11))]);
  expect(eleven).toMatchObject({ type: "error", message: expect.stringContaining("at most 10") });
});

test.each([
  ["no list", watch("x")],
  ["no ids", JSON.stringify({ action: "watch" })],
  ["a path", watch(["../../guest/x/manifest.json"])],
  ["capitals", watch(["A".repeat(32)])],
  ["numbers", watch([1, 2])],
  ["a deep nest", watch([]).replace("[]", `${"[".repeat(5000)}${"]".repeat(5000)}`)],
])("%s is an error for its sender, and the connection goes on", async (_, text) => {
  const answers = await say([text, watch(ids(1))]);
  expect(answers.map(({ type }) => type).sort()).toEqual(["error", "watching"]);
  expect(JSON.stringify(answers).length).toBeLessThan(1000);
});

test("a message of 30 KB is an error, too", async () => {
  const answers = await say([watch(["x".repeat(30_000)]), watch(ids(1))]);
  expect(answers.map(({ type }) => type).sort()).toEqual(["error", "watching"]);
});

test("a hundred messages at once harm no other connection", async () => {
  const flood = say(Array.from({ length: 100 }, () => watch(ids(10))));
  const started = Date.now();
  const [other] = await say([watch(ids(1))]);
  expect(other).toEqual({ type: "watching", ids: ids(1) });
  expect(Date.now() - started).toBeLessThan(10_000);
  await flood;
});

test("of more than fifty ids a connection holds the last fifty, and none once it is closed", async () => {
  const prefix = crypto.randomUUID().replaceAll("-", "").slice(0, 24);
  const id = (at: number) => `${prefix}${at.toString(16).padStart(8, "0")}`;
  const texts = Array.from({ length: 7 }, (_, message) =>
    watch(Array.from({ length: 10 }, (_, at) => id(message * 10 + at))),
  );
  await page.evaluate(watchInTurn, { url: await socketUrl(), texts });
  const held = await watchedIds(prefix);
  expect(held).toHaveLength(50);
  expect(held).toContain(id(69));
  await page.evaluate("held.close()");
  await expect.poll(() => watchedIds(prefix), { timeout: 10_000 }).toEqual([]);
});

/** Runs in the page: each text is sent when the one before it is answered. The connection stays open, as `held`. */
function watchInTurn({ url, texts }: { url: string; texts: string[] }): Promise<void> {
  return new Promise((resolve) => {
    const held = new WebSocket(url);
    Object.assign(window, { held });
    const next = () => {
      const text = texts.shift();
      if (text) held.send(text);
      else resolve();
    };
    held.addEventListener("open", next);
    held.addEventListener("message", next);
  });
}

/** The ids in the stack's watch table that begin with `prefix`. */
async function watchedIds(prefix: string): Promise<string[]> {
  const { endpoint, region } = JSON.parse(readFileSync(required("DARKROOM_STACK"), "utf8"));
  const aws = new AwsClient({ accessKeyId: "test", secretAccessKey: "test", region, service: "dynamodb" });
  const call = async (action: string, body: object) => {
    const headers = {
      "Content-Type": "application/x-amz-json-1.0",
      "X-Amz-Target": `DynamoDB_20120810.${action}`,
    };
    const answer = await aws.fetch(`${endpoint}/`, { method: "POST", headers, body: JSON.stringify(body) });
    expect(answer.status).toBe(200);
    return answer.json();
  };
  const { TableNames } = await call("ListTables", {});
  const name = TableNames.find((table: string) => table.includes("WatchTable"));
  const { Items } = await call("Scan", {
    TableName: name,
    FilterExpression: "begins_with(public_id, :prefix)",
    ExpressionAttributeValues: { ":prefix": { S: prefix } },
  });
  return Items.map((item: { public_id: { S: string } }) => item.public_id.S);
}
