import { expect, test } from "vitest";
import { type FileHandle, handleOf, reread } from "./reread.ts";

const FILE = new File(["x"], "a.jpg");
const handle = (now: PermissionState, asked: PermissionState, file = async () => FILE): FileHandle => ({
  kind: "file",
  getFile: file,
  queryPermission: async () => now,
  requestPermission: async () => asked,
});

test("a file is read again where that is allowed, and asked for only where the page may ask", async () => {
  expect(await reread(handle("granted", "denied"), false)).toBe(FILE);
  expect(await reread(handle("prompt", "granted"), false)).toBeUndefined();
  expect(await reread(handle("prompt", "granted"), true)).toBe(FILE);
  expect(await reread(handle("prompt", "denied"), true)).toBeUndefined();
});

test("a file that is gone is no file", async () => {
  const gone = () => Promise.reject(new DOMException("", "NotFoundError"));
  expect(await reread(handle("granted", "granted", gone), false)).toBeUndefined();
});

test("only files of browsers that give handles have one", async () => {
  const item = (given?: () => Promise<unknown>) =>
    ({ getAsFileSystemHandle: given }) as unknown as DataTransferItem;
  const file = handle("granted", "granted");
  expect(await handleOf(item(async () => file))).toBe(file);
  expect(await handleOf(item(async () => ({ kind: "directory" })))).toBeUndefined();
  expect(await handleOf(item(async () => null))).toBeUndefined();
  expect(await handleOf(item(() => Promise.reject(new Error("no file"))))).toBeUndefined();
  expect(await handleOf(item())).toBeUndefined();
});
