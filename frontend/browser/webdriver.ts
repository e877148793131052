// Firefox and WebKit as Debian packages them, by the protocols that they speak themselves: Playwright has builds of its own
// for both, which do not install everywhere.

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";

/** A browser with one page. */
export interface Driver {
  go(url: string): Promise<void>;
  /** Runs the body of a function in the page. */
  script<Value>(body: string): Promise<Value>;
  /** Picks files of this machine with an `<input type="file">`. */
  choose(selector: string, paths: string[]): Promise<void>;
  end(): Promise<void>;
}

/** How both answer a search for an element. */
type Found = Record<string, string>;

const LIBRARIES = "/usr/lib";
const FIREFOX = ["/usr/bin/firefox-esr", "/usr/bin/firefox"].find(existsSync);
const WEBKIT_DRIVER = ["/usr/bin/WebKitWebDriver"].find(existsSync);
const XVFB = ["/usr/bin/xvfb-run"].find(existsSync);

/** WebKit's test browser, which comes with the library. */
function miniBrowser(): string | undefined {
  if (!existsSync(LIBRARIES)) return undefined;
  const folders = readdirSync(LIBRARIES).filter((name) => name.endsWith("-linux-gnu"));
  const paths = folders.map((folder) => `${LIBRARIES}/${folder}/webkit2gtk-4.1/MiniBrowser`);
  return paths.find(existsSync);
}

/** How to start each browser that is installed here; undefined for one that is not. */
export const INSTALLED = {
  firefox: FIREFOX && (() => firefox(FIREFOX)),
  webkit: WEBKIT_DRIVER && XVFB && miniBrowser() && (() => webkit(miniBrowser() ?? "")),
};

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== "object" || !address) throw new Error("failed to find a free port");
  return address.port;
}

/** Tries until it works, for half a minute. */
async function eventually<Value>(attempt: () => Promise<Value>): Promise<Value> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (tries === 60) throw error;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}

/** Ends a program and all that it started. */
function kill(program: ChildProcess): void {
  if (program.pid !== undefined && program.exitCode === null) process.kill(-program.pid, "SIGTERM");
}

/** Firefox by Marionette: `LENGTH:[0, id, command, parameters]` over TCP, answered by `LENGTH:[1, id, error, value]`. */
async function firefox(path: string): Promise<Driver> {
  const port = await freePort();
  const profile = mkdtempSync(`${tmpdir()}/darkroom-firefox-`);
  writeFileSync(`${profile}/user.js`, `user_pref("marionette.port", ${port});\n`);
  const words = ["-headless", "-marionette", "-no-remote", "-profile", profile];
  const program = spawn(path, words, { detached: true, stdio: "ignore" });
  const socket = await eventually(
    () =>
      new Promise<Socket>((resolve, reject) => {
        const opened = connect(port, "127.0.0.1");
        opened.once("connect", () => resolve(opened));
        opened.once("error", reject);
      }),
  );
  const send = marionette(socket);
  await send("WebDriver:NewSession", {});
  return {
    go: async (url) => void (await send("WebDriver:Navigate", { url })),
    script: async <Value>(script: string) =>
      (await send<{ value: Value }>("WebDriver:ExecuteScript", { script, args: [] })).value,
    async choose(value, paths) {
      const { value: found } = await send<{ value: Found }>("WebDriver:FindElement", {
        using: "css selector",
        value,
      });
      await send("WebDriver:ElementSendKeys", { id: Object.values(found)[0], text: paths.join("\n") });
    },
    async end() {
      socket.destroy();
      kill(program);
      await new Promise((resolve) => program.once("exit", resolve));
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

type Send = <Value>(command: string, parameters: object) => Promise<Value>;

function marionette(socket: Socket): Send {
  const waiting = new Map<number, { resolve(value: never): void; reject(error: Error): void }>();
  let buffered = Buffer.alloc(0);
  let last = 0;
  socket.on("data", (data: Buffer) => {
    buffered = Buffer.concat([buffered, data]);
    for (;;) {
      const colon = buffered.indexOf(":");
      const length = Number(buffered.subarray(0, colon).toString());
      if (colon < 0 || buffered.length < colon + 1 + length) return;
      const message = JSON.parse(buffered.subarray(colon + 1, colon + 1 + length).toString());
      buffered = buffered.subarray(colon + 1 + length);
      if (!Array.isArray(message)) continue; // its greeting
      const [, id, error, value] = message;
      const asked = waiting.get(id);
      waiting.delete(id);
      if (error) asked?.reject(new Error(`${error.error}: ${error.message}`));
      else asked?.resolve(value as never);
    }
  });
  return (command, parameters) =>
    new Promise((resolve, reject) => {
      last += 1;
      waiting.set(last, { resolve, reject });
      const text = JSON.stringify([0, last, command, parameters]);
      socket.write(`${Buffer.byteLength(text)}:${text}`);
    });
}

/** WebKit by W3C WebDriver, on a screen of its own. */
async function webkit(binary: string): Promise<Driver> {
  const port = await freePort();
  const words = ["-a", "WebKitWebDriver", `--port=${port}`, "--host=127.0.0.1"];
  const program = spawn("xvfb-run", words, { detached: true, stdio: "ignore" });
  const call = async <Value>(method: string, path: string, body?: object): Promise<Value> => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      ...(body && { body: JSON.stringify(body) }),
    });
    const { value } = (await answer.json()) as { value: Value & { error?: string; message?: string } };
    if (!answer.ok) throw new Error(`${value.error}: ${value.message}`);
    return value;
  };
  const options = { binary, args: ["--automation"] };
  const capabilities = { alwaysMatch: { "webkitgtk:browserOptions": options } };
  const { sessionId } = await eventually(() =>
    call<{ sessionId: string }>("POST", "/session", { capabilities }),
  );
  const session = `/session/${sessionId}`;
  return {
    go: (url) => call("POST", `${session}/url`, { url }),
    script: (script) => call("POST", `${session}/execute/sync`, { script, args: [] }),
    async choose(value, paths) {
      const found = await call<Found>("POST", `${session}/element`, { using: "css selector", value });
      const id = Object.values(found)[0];
      await call("POST", `${session}/element/${id}/value`, { text: paths.join("\n") });
    },
    async end() {
      await call("DELETE", session);
      kill(program);
    },
  };
}
