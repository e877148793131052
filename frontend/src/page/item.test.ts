import { expect, test } from "vitest";
import type { FileHandle } from "../reread.ts";
import { isRetriable } from "../sentences.ts";
import { chosenItem, isUnfinished, keptItem, toKeep } from "./item.ts";

const handle = { kind: "file" } as FileHandle;
const chosen = chosenItem({ file: new File(["xyz"], "cat.jpg"), path: "a/cat.jpg", handle }, 7);

test("a line is kept with its handle until it is stored, and never with its file", () => {
  expect(toKeep(chosen, false)).toEqual({ at: 7, name: "a/cat.jpg", size: 3, isStored: false, handle });
  const named = { ...chosen, id: "0f", uploadId: "0b8f" };
  expect(toKeep(named, true)).toEqual({
    at: 7,
    name: "a/cat.jpg",
    size: 3,
    isStored: true,
    id: "0f",
    uploadId: "0b8f",
  });
});

test("a stored line comes back awaiting its outcome, another one waiting for its file", () => {
  expect(keptItem(toKeep({ ...chosen, id: "0f", uploadId: "0b8f" }, true)).state.step).toBe("rendering");
  const again = keptItem(toKeep(chosen, false));
  expect([isUnfinished(again), isRetriable(again.state)]).toEqual([true, true]); // Retry asks to read it
  const lost = keptItem(toKeep({ ...chosen, handle: undefined }, false));
  expect([isUnfinished(lost), isRetriable(lost.state)]).toEqual([true, false]); // it must be chosen again
  expect(isUnfinished(chosen)).toBe(false);
});
