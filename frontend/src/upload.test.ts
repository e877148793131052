import { expect, test, vi } from "vitest";
import type { State } from "./state.ts";
import { type Darkroom, MAX_BYTES, startUpload } from "./upload.ts";

/** A page whose guest must not be asked for: whatever these tests upload is refused before. */
function darkroom(): Darkroom {
  return {
    config: {
      region: "eu-west-1",
      identityPoolId: "p",
      inputBucket: "in",
      websocketUrl: "wss://x",
      publicUrl: "https://y",
    },
    guests: { current: vi.fn(), forget: vi.fn() },
    watch: vi.fn(),
    queue: (work) => void work(),
  };
}

/** The last state of an upload that ends by itself. */
async function end(page: Darkroom, file: File): Promise<State> {
  const states: State[] = [];
  startUpload(page, file, (state) => states.push(state));
  await vi.waitFor(() => expect(states.at(-1)?.step).toBe("failed"));
  expect(states.map(({ step }) => step)).toEqual(["queued", "uploading", "failed"]);
  return states.at(-1) as State;
}

test("a file that is too large is refused before anything is sent", async () => {
  const page = darkroom();
  const huge = Object.defineProperty(new File([], "huge.tiff"), "size", { value: MAX_BYTES * 2 });
  expect(await end(page, huge)).toMatchObject({
    stored: false,
    fault: { message: "The file has 537 MB; at most 268 MB are accepted." },
  });
  expect(page.guests.current).not.toHaveBeenCalled();
});

test("what cannot be read, as a folder cannot, is refused before anything is sent", async () => {
  const page = darkroom();
  const folder = Object.defineProperty(new File([], "holidays"), "slice", {
    value: () => ({ arrayBuffer: () => Promise.reject(new DOMException("", "NotFoundError")) }),
  });
  expect(await end(page, folder)).toMatchObject({ fault: { message: "The file could not be read." } });
  expect(page.guests.current).not.toHaveBeenCalled();
});

test("a cancelled upload says nothing more", async () => {
  const states: State[] = [];
  let run: (() => Promise<void>) | undefined;
  const queue = (work: () => Promise<void>) => {
    run = work;
  };
  const page = { ...darkroom(), queue };
  const upload = startUpload(page, new File(["x"], "cat.jpg"), (state) => states.push(state));
  upload.cancel();
  await run?.();
  expect(states).toEqual([{ step: "queued" }]);
  expect(page.guests.current).not.toHaveBeenCalled();
});
