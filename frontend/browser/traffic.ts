// The page's traffic in a test: counted, held back, or answered in the stack's place.

import type { Page, Route } from "playwright-core";

const ORIGINALS = "**/guest/**";

/** Handles the page's PUTs. A handler that neither answers nor goes on (`route.fallback()`) leaves a PUT without an answer. */
export const onPut = (page: Page, handle: (route: Route) => Promise<void>) =>
  page.route(ORIGINALS, (route) => (route.request().method() === "PUT" ? handle(route) : route.fallback()));

/** Lets PUTs through again. */
export const letPuts = (page: Page) => page.unroute(ORIGINALS);

/** Answers PUTs as S3 answers a refused one, as long as `isOn`. */
export const refusePuts = (page: Page, code: string, isOn: () => boolean) =>
  onPut(page, async (route) => {
    if (!isOn()) return route.fallback();
    await route.fulfill({
      status: 403,
      headers: { "access-control-allow-origin": "*" },
      contentType: "application/xml",
      body: `<?xml version="1.0"?><Error><Code>${code}</Code></Error>`,
    });
  });

/** Handles the page's calls of Cognito, which go to the root of the local AWS. */
export const onCognito = (page: Page, handle: (route: Route) => Promise<void>) =>
  page.route(
    (url) => url.pathname === "/",
    (route) => (route.request().method() === "POST" ? handle(route) : route.fallback()),
  );

/** Answers the page's calls of Cognito with an error. */
export const refuseGuests = (page: Page, name: string) =>
  onCognito(page, (route) =>
    route.fulfill({
      status: 400,
      headers: { "access-control-allow-origin": "*" },
      json: { __type: `com.amazonaws.cognito#${name}`, message: "guests are off" },
    }),
  );

/** What a page has asked for. */
export interface Traffic {
  puts: number;
  manifests: number;
  /** Messages on the socket, those of the server not counted. */
  messages: number;
}

/** Counts what the page asks for from now on, on sockets that open from now on. */
export function countTraffic(page: Page): Traffic {
  const traffic = { puts: 0, manifests: 0, messages: 0 };
  page.on("request", (request) => {
    if (request.method() === "PUT") traffic.puts += 1;
    if (request.url().endsWith("/manifest.json")) traffic.manifests += 1;
  });
  page.on("websocket", (socket) =>
    socket.on("framesent", () => {
      traffic.messages += 1;
    }),
  );
  return traffic;
}
