import { afterEach, expect, test, vi } from "vitest";
import { SAMPLE } from "./config.sample.ts";
import { Fault } from "./fault.ts";
import type { Network } from "./network.ts";
import { newPulse } from "./pulse.ts";
import type { State } from "./state.ts";
import { type Darkroom, type Heard, startUpload } from "./upload.ts";

afterEach(() => vi.unstubAllGlobals());

const UP: Network = { isUp: () => true, up: async () => {}, doubt: async () => true, listen: () => () => {} };

function darkroom(network: Network = UP): Darkroom {
  return {
    config: SAMPLE,
    guests: { current: vi.fn(), forget: vi.fn(), refuse: vi.fn() },
    watch: () => () => {},
    pulse: newPulse(),
    queue: { add: (work) => void work(), pause() {}, resume() {} },
    network,
  };
}

function heard(): { states: State[]; heard: Heard } {
  const states: State[] = [];
  return { states, heard: { changed: (state) => states.push(state), named() {} } };
}

/** The last state of an upload that ends by itself. */
async function end(page: Darkroom, file: File): Promise<State[]> {
  const { states, heard: hears } = heard();
  startUpload(page, file, hears);
  await vi.waitFor(() => expect(states.at(-1)?.step).toBe("failed"));
  return states;
}

test("a refused file never becomes an upload", async () => {
  const page = darkroom();
  const states = await end(page, new File([], "empty.jpg"));
  expect(states.map(({ step }) => step)).toEqual(["queued", "failed"]);
  expect(states.at(-1)).toMatchObject({ stored: false, fault: { message: "The file is empty." } });
  expect(page.guests.current).not.toHaveBeenCalled();
});

test("a cancelled upload says nothing more", async () => {
  let run: (() => Promise<void>) | undefined;
  const page = {
    ...darkroom(),
    queue: { add: (work: () => Promise<void>) => (run = work), pause() {}, resume() {} },
  };
  const { states, heard: hears } = heard();
  const upload = startUpload(page as Darkroom, new File(["x"], "cat.jpg"), hears);
  upload.cancel();
  await run?.();
  expect(states).toEqual([{ step: "queued" }]);
  expect(page.guests.current).not.toHaveBeenCalled();
});

test("an upload waits while the network is down, and goes on by itself", async () => {
  let back = () => {};
  let isUp = false;
  const up = new Promise<void>((resolve) => {
    back = resolve;
  });
  const page = darkroom({ ...UP, isUp: () => isUp, up: () => up });
  vi.mocked(page.guests.current).mockRejectedValue(new Fault("refused"));
  const { states, heard: hears } = heard();
  startUpload(page, new File([JPEG], "cat.jpg"), hears);
  await vi.waitFor(() => expect(states.at(-1)?.step).toBe("waiting"));
  expect(page.guests.current).not.toHaveBeenCalled();
  isUp = true;
  back();
  await vi.waitFor(() =>
    expect(states.map(({ step }) => step)).toEqual(["queued", "waiting", "uploading", "failed"]),
  );
});

test("a network that goes while the guest signs in is waited for, not counted as a failure", async () => {
  let calls = 0;
  let isUp = true;
  const page = darkroom({
    ...UP,
    isUp: () => isUp,
    doubt: async () => {
      isUp = calls > 1;
      return isUp;
    },
    up: async () => {
      isUp = true;
    },
  });
  vi.mocked(page.guests.current).mockImplementation(async () => {
    calls += 1;
    throw calls === 1 ? new Fault("no_answer", { network: true }) : new Fault("refused");
  });
  const states = await end(page, new File([JPEG], "cat.jpg"));
  expect(states.map(({ step }) => step)).toEqual(["queued", "uploading", "waiting", "uploading", "failed"]);
});

const JPEG = Uint8Array.of(0xff, 0xd8, 0xff, 0xd9);
