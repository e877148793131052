import { ANSWER_MS } from "./config.ts";
import { Unreadable } from "./json.ts";
import { manifestUrl } from "./key.ts";
import { type Outcome, parseManifest } from "./outcome.ts";
import { fetchText } from "./timed.ts";

/** The outcome in the manifest of a guest's upload; undefined while there is none, or none that can be read. */
export async function readManifest(
  publicUrl: string,
  id: string,
  signal: AbortSignal,
): Promise<Outcome | undefined> {
  try {
    const answer = await fetchText(manifestUrl(publicUrl, id), { cache: "no-cache", signal }, ANSWER_MS);
    // The bucket may not be listed, so a manifest that is not there answers 403 as well as 404.
    return answer.ok ? parseManifest(answer.text, publicUrl) : undefined;
  } catch (error) {
    const isNetwork =
      error instanceof TypeError || (error instanceof DOMException && error.name === "AbortError");
    if (isNetwork || error instanceof Unreadable) return undefined; // whoever asks will ask again, and give up in time
    throw error;
  }
}
