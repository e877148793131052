// What the page keeps of its uploads over a reload: names, public ids and the numbers of uploads. Never credentials, never
// the identity id.

import type { FileHandle } from "./reread.ts";

/** One picture. */
export interface Kept {
  /** When it was chosen, in milliseconds since 1970: the order of the list, and distinct. */
  at: number;
  name: string;
  size: number;
  /** Whether the original got into the bucket; else the file is needed again. */
  isStored: boolean;
  /** The public id, once there is one. */
  id?: string;
  /** The random number in the key. The key's other half, the identity id, is not kept here. */
  uploadId?: string;
  /** Reads a file again that is not stored yet, where the browser gives such a handle. */
  handle?: FileHandle;
}

/** The kept pictures. Writing never throws: a page without storage works, it only forgets. */
export interface Records {
  /** Those that were chosen since `since`; older ones are forgotten. In the order they were chosen. */
  all(since: number): Promise<Kept[]>;
  put(kept: Kept): void;
  remove(at: number): void;
}

const STORE = "pictures";

/** Opens the records of the stack with this identity pool. */
export async function openRecords(stack: string): Promise<Records> {
  let database: IDBDatabase;
  try {
    const opening = indexedDB.open(`darkroom ${stack}`, 2);
    opening.onupgradeneeded = () => {
      for (const old of [...opening.result.objectStoreNames]) opening.result.deleteObjectStore(old);
      opening.result.createObjectStore(STORE, { keyPath: "at" });
    };
    database = await result(opening);
  } catch {
    return { all: async () => [], put() {}, remove() {} }; // storage is switched off in this browser
  }
  const store = (mode: IDBTransactionMode) => database.transaction(STORE, mode).objectStore(STORE);
  return {
    async all(since) {
      store("readwrite").delete(IDBKeyRange.upperBound(since, true));
      return (await result(store("readonly").getAll())) as Kept[];
    },
    put: (kept) => void store("readwrite").put(kept),
    remove: (at) => void store("readwrite").delete(at),
  };
}

function result<Value>(request: IDBRequest<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
