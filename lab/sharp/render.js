// What sharp makes of files: a line of JSON in ({"file","out"}), a line out ({"outcome"} and, where it gave up, {"reason"}).
import { createInterface } from "node:readline";
import sharp from "sharp";

sharp.cache(false);

for await (const line of createInterface({ input: process.stdin })) {
  const { file, out } = JSON.parse(line);
  let answer;
  try {
    await sharp(file)
      .autoOrient()
      .resize(64, 64, { fit: "inside", withoutEnlargement: true })
      .toColourspace("srgb")
      .png()
      .toFile(out);
    answer = { outcome: "ready" };
  } catch (error) {
    answer = { outcome: "rejected", reason: error.message };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
