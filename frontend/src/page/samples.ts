import { t } from "../../client/language.ts";
import { draw, type Sample, SHAPES, sampleFile } from "../samples.ts";
import { byId, el } from "./dom.ts";
import type { Chosen } from "./item.ts";

/** Shows three small pictures of ours; one click uploads one. */
export function showSamples(take: (chosen: Chosen[]) => void): void {
  const samples = byId("samples");
  for (const [at, name] of (Object.keys(SHAPES) as Sample[]).entries()) {
    const canvas = samples.querySelectorAll("canvas")[at];
    const button = canvas?.parentElement;
    if (!canvas || !button) throw new Error("index.html has too few samples");
    draw(name, canvas);
    button.append(el("span", {}, t(`sample.${name}`)));
    button.removeAttribute("disabled");
    button.addEventListener("click", async () => {
      const extension = SHAPES[name].mediaType === "image/png" ? "png" : "jpg";
      const file = await sampleFile(name, `${t(`sample.${name}`)}.${extension}`);
      take([{ file, path: file.name }]);
    });
  }
  samples.hidden = false; // not before: the lines above them come with config.json
}
