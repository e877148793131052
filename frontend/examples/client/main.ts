// An application of its own, on an origin of its own, that uploads to a Darkroom stack.
// Its address says which: ?config=https://YOUR_SITE_URL/config.json. `#id=...` shows an earlier upload.

import { type Client, createClient, Fault, loadConfig, type Manifest } from "darkroom-client";

const picker = document.querySelector("#picker") as HTMLInputElement;
const stop = document.querySelector("#stop") as HTMLButtonElement;
const status = document.querySelector("#status") as HTMLElement;
const picture = document.querySelector("#picture") as HTMLImageElement;

function show(manifest: Manifest): void {
  if (manifest.outcome === "ready") {
    const square = manifest.variants.find(({ preset }) => preset === "square") ?? manifest.variants[0];
    picture.src = square.url;
    picture.hidden = false;
    status.textContent = `${manifest.variants.length} variants are ready`;
  } else if (manifest.outcome === "rejected") {
    status.textContent = `Rejected: ${manifest.rejection.reason}`;
  } else {
    status.textContent = "The picture was deleted";
  }
}

async function upload(client: Client, file: File): Promise<void> {
  const stopped = new AbortController();
  stop.onclick = () => stopped.abort();
  stop.hidden = false;
  try {
    const { id, outcome } = await client.upload(file, {
      signal: stopped.signal,
      onProgress: ({ step }) => {
        status.textContent = step;
      },
    });
    location.hash = `id=${id}`;
    show(await outcome);
  } catch (error) {
    if (stopped.signal.aborted) status.textContent = "Stopped";
    else if (error instanceof Fault) status.textContent = `${error.message} ${error.advice}`;
    else throw error;
  } finally {
    stop.hidden = true;
  }
}

const client = createClient(
  await loadConfig(new URLSearchParams(location.search).get("config") ?? undefined),
);
picker.accept = client.accept;
picker.disabled = false;
picker.addEventListener("change", () => {
  const [file] = picker.files ?? [];
  if (file) void upload(client, file);
});

const earlier = /^#id=([0-9a-f]{32})$/.exec(location.hash)?.[1];
if (earlier) {
  for await (const watched of client.watch([earlier])) {
    if ("manifest" in watched) show(watched.manifest);
    else status.textContent = watched.fault.message;
  }
}
