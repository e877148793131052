/** The browser's storage for this page's origin, or where that is switched off one that lasts as long as the page. */
export function openStorage(): Pick<Storage, "getItem" | "setItem" | "removeItem"> {
  try {
    const probe = "darkroom.probe";
    localStorage.setItem(probe, "");
    localStorage.removeItem(probe);
    return localStorage;
  } catch {
    const kept = new Map<string, string>();
    return {
      getItem: (name) => kept.get(name) ?? null,
      setItem: (name, value) => void kept.set(name, value),
      removeItem: (name) => void kept.delete(name),
    };
  }
}
