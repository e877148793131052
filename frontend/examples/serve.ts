// A folder on a port of its own: another origin than the page's.

import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";

/** What a server may say about every file. */
type Headers = Record<string, string>;

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
};

/** A running server. */
export interface Served {
  /** `http://127.0.0.1:PORT` */
  origin: string;
  close(): void;
}

/** Serves the files of `folder`, and the pages in `pages` before them, on this machine only. */
export async function serve(
  folder: string,
  pages: Record<string, string> = {},
  headers: Headers = {},
): Promise<Served> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://x").pathname;
    const name = path.endsWith("/") ? `${path}index.html` : path;
    const type = { "content-type": TYPES[extname(name)] ?? "application/octet-stream", ...headers };
    const page = pages[name];
    const file = join(folder, normalize(decodeURIComponent(name)));
    if (page !== undefined) response.writeHead(200, type).end(page);
    else if (existsSync(file) && statSync(file).isFile()) {
      response.writeHead(200, type);
      createReadStream(file).pipe(response);
    } else response.writeHead(name === "/favicon.ico" ? 204 : 404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { origin: `http://127.0.0.1:${port}`, close: () => server.close() };
}
