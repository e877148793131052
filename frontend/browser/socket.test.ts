// What a hostile client can ask of the socket, from the page's side of a real stack. The rate of messages and their number
// are bounded by API Gateway (20 a second, see template.yaml), which the local AWS does not imitate.

import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, open } from "./chrome.ts";

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

/** Sends `texts` on a connection of their own; resolves to the answers, or to what there is once the connection closes. */
async function say(texts: string[]): Promise<Message[]> {
  const url: string = await page.evaluate(
    async () => (await (await fetch("config.json")).json()).websocketUrl,
  );
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
