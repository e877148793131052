// Reading a file again after a reload: Chromium gives pages a handle to a dropped file, which can be kept in a database.

/** What TypeScript's library does not know of Chromium's `FileSystemFileHandle`. */
export interface FileHandle {
  kind: string;
  getFile(): Promise<File>;
  queryPermission(options: { mode: "read" }): Promise<PermissionState>;
  requestPermission(options: { mode: "read" }): Promise<PermissionState>;
}

/** A dragged item of a browser that gives handles. */
export interface ItemWithHandle {
  getAsFileSystemHandle?(): Promise<FileHandle | null>;
}

/** The handle of a dragged file, if the browser gives one. */
export async function handleOf(item: DataTransferItem & ItemWithHandle): Promise<FileHandle | undefined> {
  try {
    const handle = await item.getAsFileSystemHandle?.();
    return handle?.kind === "file" ? handle : undefined;
  } catch {
    return undefined; // dragged from another program, which has no file to it
  }
}

/**
 * The file of a handle; undefined if the page may not read it or it is gone. With `mayAsk` the browser asks the visitor,
 * which it does only right after a click or a key.
 */
export async function reread(handle: FileHandle, mayAsk: boolean): Promise<File | undefined> {
  const mode = { mode: "read" } as const;
  try {
    const permission = await (mayAsk ? handle.requestPermission(mode) : handle.queryPermission(mode));
    return permission === "granted" ? await handle.getFile() : undefined;
  } catch {
    return undefined;
  }
}
