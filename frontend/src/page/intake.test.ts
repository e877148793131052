import { expect, test } from "vitest";
import { fromFolder, walk } from "./intake.ts";

const file = (path: string) =>
  Object.defineProperty(new File(["x"], path.split("/").at(-1) ?? ""), "webkitRelativePath", { value: path });

test("a folder's files come in the order of their paths, without hidden ones", () => {
  const chosen = fromFolder(["a/10.jpg", "a/.DS_Store", "a/2.jpg", "a/b/1.jpg"].map(file));
  expect(chosen.map(({ path }) => path)).toEqual(["a/2.jpg", "a/10.jpg", "a/b/1.jpg"]);
});

test("files that were chosen one by one keep the chooser's order", () => {
  const chosen = fromFolder([new File([], "z.jpg"), new File([], "a.jpg")]);
  expect(chosen.map(({ path }) => path)).toEqual(["z.jpg", "a.jpg"]);
});

const leaf = (path: string) => ({
  isFile: true,
  fullPath: path,
  file: (done: (file: File) => void) => done(new File(["x"], "x")),
});
/** A folder whose reader gives its children two at a time, as browsers give a hundred. */
const folder = (path: string, children: object[]) => ({
  isFile: false,
  fullPath: path,
  createReader: () => {
    const left = [...children];
    return { readEntries: (done: (some: object[]) => void) => done(left.splice(0, 2)) };
  },
});

test("a dropped folder gives every file in it, however deep", async () => {
  const lost = { ...leaf("/a/lost.jpg"), file: (_: unknown, failed: () => void) => failed() };
  const root = folder("/a", [leaf("/a/1.jpg"), folder("/a/b", [leaf("/a/b/2.jpg")]), lost, leaf("/a/3.jpg")]);
  const found = await walk(root as unknown as FileSystemEntry);
  expect(found.map(({ path }) => path)).toEqual(["a/1.jpg", "a/b/2.jpg", "a/3.jpg"]);
});
