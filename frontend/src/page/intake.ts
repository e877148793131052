import { byId } from "./dom.ts";

/** Hands over the files that are picked, dropped anywhere on the page, or pasted. */
export function takeFiles(take: (files: File[]) => void): void {
  const input = byId("picker") as HTMLInputElement;
  input.addEventListener("change", () => {
    take([...(input.files ?? [])]);
    input.value = ""; // so that the same file can be picked again
  });
  input.disabled = false;

  document.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length > 0) event.preventDefault();
    take(files);
  });

  let depth = 0; // dragenter and dragleave come for every element on the way
  const mark = (change: number) => {
    depth = Math.max(0, depth + change);
    byId("dropzone").classList.toggle("is-over", depth > 0);
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
    take([...(event.dataTransfer?.files ?? [])]);
  });
}

function hasFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes("Files") ?? false;
}
