// What the page keeps of its uploads over a reload: public ids and names. Never credentials, never the identity id.

/** One upload. */
export interface Kept {
  /** The public id. */
  id: string;
  name: string;
  size: number;
  /** The random number in the key. The key's other half, the identity id, is not kept here. */
  uploadId: string;
  /** Whether the original got into the bucket; else the file has to be chosen again. */
  isStored: boolean;
  /** When it was chosen, in milliseconds since 1970; the order of the list. */
  at: number;
}

/** The kept uploads. Writing never throws: a page without storage works, it only forgets. */
export interface Records {
  /** Those that were chosen since `since`; older ones are forgotten. In the order they were chosen. */
  all(since: number): Promise<Kept[]>;
  put(kept: Kept): void;
  remove(id: string): void;
}

const STORE = "uploads";

/** Opens the records of the stack with this identity pool. */
export async function openRecords(stack: string): Promise<Records> {
  let database: IDBDatabase;
  try {
    const opening = indexedDB.open(`darkroom ${stack}`, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { keyPath: "id" });
    database = await result(opening);
  } catch {
    return { all: async () => [], put() {}, remove() {} }; // storage is switched off in this browser
  }
  const store = (mode: IDBTransactionMode) => database.transaction(STORE, mode).objectStore(STORE);
  return {
    async all(since) {
      const kept = (await result(store("readonly").getAll())) as Kept[];
      const old = kept.filter(({ at }) => at < since);
      for (const { id } of old) store("readwrite").delete(id);
      return kept.filter(({ at }) => at >= since).sort((one, other) => one.at - other.at);
    },
    put: (kept) => void store("readwrite").put(kept),
    remove: (id) => void store("readwrite").delete(id),
  };
}

function result<Value>(request: IDBRequest<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
