import { expect, test } from "vitest";
import type { Picture } from "../batch.ts";
import { newEndings } from "./endings.ts";

test("pictures that were on their way together are told together, without those that left", () => {
  const said: string[] = [];
  const endings = newEndings((line) => said.push(line));
  const pictures = ["a.jpg", "b.jpg", "c.jpg"].map(
    (name): Picture => ({ name, size: 1, state: { step: "queued" } }),
  );
  const [first, , last] = pictures;
  for (const picture of [...pictures, ...pictures]) endings.await(picture);
  endings.check();
  for (const picture of pictures.slice(0, 2))
    picture.state = { step: "settled", outcome: { outcome: "removed" } };
  endings.check();
  expect(said).toEqual([]);
  if (last) endings.forget(last);
  endings.check();
  endings.check();
  expect(said).toEqual(["2 pictures done: 2 deleted"]);
  if (first) endings.await(first);
  endings.check();
  expect(said[1]).toContain("a.jpg: Deleted.");
});
