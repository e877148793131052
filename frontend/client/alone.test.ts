import { expect, test } from "vitest";

test("the client imports nothing of the page, so that another application can import it", () => {
  const sources = import.meta.glob<string>(["./**/*.ts", "!./*.test.ts"], {
    query: "?raw",
    import: "default",
    eager: true,
  });
  const outside = Object.entries(sources).flatMap(([name, source]) => {
    const imported = [...source.matchAll(/\bfrom "([^"]+)"/g)].map(([, path]) => path ?? "");
    return imported
      .filter((path) => !/^(\.\/[\w./-]+|\.\.\/language\.ts|aws4fetch)$/.test(path))
      .map((path) => `${name}: ${path}`);
  });
  expect(Object.keys(sources)).toContain("./upload.ts");
  expect(outside).toEqual([]);
});
