import { handleOf } from "../reread.ts";
import { byId } from "./dom.ts";
import type { Chosen } from "./item.ts";

/** Hands over the files that are picked, photographed, dropped anywhere on the page, or pasted. */
export function takeFiles(accept: string, take: (chosen: Chosen[]) => void): void {
  for (const id of ["picker", "folder", "camera"]) {
    const input = byId(id) as HTMLInputElement;
    if (id === "picker") input.accept = accept;
    input.addEventListener("change", () => {
      take(fromFolder([...(input.files ?? [])]));
      input.value = ""; // so that the same file can be picked again
    });
    input.disabled = false;
  }

  document.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length > 0) event.preventDefault();
    take(files.map(plain));
  });

  let depth = 0; // dragenter and dragleave come for every element on the way
  const mark = (change: number) => {
    depth = Math.max(0, depth + change);
    byId("drop-veil").hidden = depth === 0;
  };
  document.addEventListener("dragenter", (event) => hasFiles(event) && mark(1));
  document.addEventListener("dragleave", (event) => hasFiles(event) && mark(-1));
  document.addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = "copy";
  });
  document.addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    mark(-depth);
    void dropped(event.dataTransfer).then(take);
  });
}

function hasFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes("Files") ?? false;
}

function plain(file: File): Chosen {
  return { file, path: file.name };
}

/** Files of a folder that was picked, in the order of their paths; hidden files are left out, as systems put them there. */
export function fromFolder(files: File[]): Chosen[] {
  const chosen = files.map((file) => ({ file, path: file.webkitRelativePath || file.name }));
  if (!files.some((file) => file.webkitRelativePath)) return chosen;
  return inOrder(chosen);
}

function inOrder(chosen: Chosen[]): Chosen[] {
  const visible = chosen.filter(({ path }) => !/(^|\/)\./.test(path));
  return visible.sort((one, other) => one.path.localeCompare(other.path, undefined, { numeric: true }));
}

/** What was dropped, folders with all that is in them. */
async function dropped(transfer: DataTransfer | null): Promise<Chosen[]> {
  // The entries must be asked for at once: after the event the transfer is empty.
  const entries = [...(transfer?.items ?? [])].map((item) => item.webkitGetAsEntry?.() ?? null);
  const handles = Promise.all([...(transfer?.items ?? [])].map(handleOf));
  const files = [...(transfer?.files ?? [])];
  if (!entries.some((entry) => entry?.isDirectory)) {
    const found = await handles;
    // A program may drag a file and a text with it; then it is not known which handle is whose.
    return files.map((file, at) => ({
      ...plain(file),
      handle: found.length === files.length ? found[at] : undefined,
    }));
  }
  const found = await Promise.all(entries.map((entry) => (entry ? walk(entry) : [])));
  return inOrder(found.flat());
}

/** All files under an entry. One that cannot be opened is left out. */
export async function walk(entry: FileSystemEntry): Promise<Chosen[]> {
  const path = entry.fullPath.replace(/^\//, "");
  if (entry.isFile) {
    const file = await new Promise<File | undefined>((resolve) =>
      (entry as FileSystemFileEntry).file(resolve, () => resolve(undefined)),
    );
    return file ? [{ file, path }] : [];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: Chosen[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve) =>
      reader.readEntries(resolve, () => resolve([])),
    );
    if (some.length === 0) return found; // a reader gives a hundred at a time, and none at the end
    for (const child of some) found.push(...(await walk(child)));
  }
}
