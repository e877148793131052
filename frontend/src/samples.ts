// Pictures to try the page with, drawn here: nobody's photo, and always the same.

/** A sample's name. */
export type Sample = "dunes" | "lamp" | "lake";

/** Width and height of a sample, and the format of its file. */
export const SHAPES: Record<Sample, { width: number; height: number; mediaType: string }> = {
  dunes: { width: 2400, height: 1600, mediaType: "image/jpeg" },
  lamp: { width: 1400, height: 1400, mediaType: "image/png" },
  lake: { width: 1500, height: 2000, mediaType: "image/jpeg" },
};

/** Draws a sample into the whole of a canvas, as fine as that is. */
export function draw(sample: Sample, canvas: HTMLCanvasElement): void {
  const context = canvas.getContext("2d");
  if (!context) return; // a browser that spares its memory: the button works without a picture
  const { width, height } = SHAPES[sample];
  const scale = Math.max(canvas.width / width, canvas.height / height);
  context.setTransform(
    scale,
    0,
    0,
    scale,
    (canvas.width - width * scale) / 2,
    (canvas.height - height * scale) / 2,
  );
  DRAWN[sample](context, width, height);
}

/** A sample as a file. Throws when the browser cannot encode it. */
export async function sampleFile(sample: Sample, name: string): Promise<File> {
  const { width, height, mediaType } = SHAPES[sample];
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width, height });
  draw(sample, canvas);
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, mediaType, 0.92));
  if (!blob) throw new Error("the browser encoded no picture");
  return new File([blob], name, { type: mediaType });
}

type Draw = (context: CanvasRenderingContext2D, width: number, height: number) => void;

const DRAWN: Record<Sample, Draw> = {
  dunes(context, width, height) {
    const random = randomNumbers(7);
    fill(context, width, height, ["#2b1d4e", "#a33f5a", "#f2935c", "#ffd9a0"], 0.62);
    glow(context, width * 0.68, height * 0.47, width * 0.3, "#fff1c9");
    const shades = ["#8f4a55", "#7a3a48", "#612b3c", "#45202f", "#2b1420"];
    for (const [layer, shade] of shades.entries()) {
      const top = height * (0.52 + layer * 0.09);
      ridge(context, width, height, top, height * 0.05, 2 + layer, random, shade);
    }
    grain(context, width, height, random, 60_000);
  },
  lamp(context, width, height) {
    const [x, y, radius] = [width / 2, height * 0.58, width * 0.24];
    glow(context, x, y, width * 0.46, "#ff5a36");
    context.fillStyle = "#3b2f2b";
    context.fillRect(x - width * 0.008, 0, width * 0.016, height * 0.3);
    context.fillRect(x - width * 0.07, height * 0.26, width * 0.14, height * 0.1);
    const glass = context.createRadialGradient(x - radius * 0.3, y - radius * 0.35, 0, x, y, radius);
    for (const [at, colour] of ["#ffe3cf", "#ff7a55", "#c22c12", "#7d1406"].entries())
      glass.addColorStop(at / 3, colour);
    context.fillStyle = glass;
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.fill();
  },
  lake(context, width, height) {
    const random = randomNumbers(11);
    fill(context, width, height, ["#05070f", "#0f1d3d", "#3a5f8a", "#9fc0cf"], 0.6);
    for (let star = 0; star < 900; star += 1) {
      context.fillStyle = `rgb(255 250 235 / ${0.2 + 0.8 * random()})`;
      const size = 1 + 2.5 * random() ** 6;
      context.fillRect(width * random(), height * 0.5 * random(), size, size);
    }
    glow(context, width * 0.3, height * 0.2, width * 0.16, "#f4f1de");
    ridge(context, width, height, height * 0.5, height * 0.08, 3, random, "#24405c");
    ridge(context, width, height, height * 0.57, height * 0.05, 5, random, "#142538");
    const water = context.createLinearGradient(0, height * 0.62, 0, height);
    water.addColorStop(0, "#6d93a8");
    water.addColorStop(1, "#0a1424");
    context.fillStyle = water;
    context.fillRect(0, height * 0.62, width, height * 0.38);
    for (let ripple = 0; ripple < 700; ripple += 1) {
      const y = height * (0.62 + 0.38 * random() ** 1.5);
      const length = width * (0.02 + 0.1 * random());
      context.fillStyle = `rgb(210 230 240 / ${0.12 * random()})`;
      context.fillRect(width * random() - length / 2, y, length, 2);
    }
    grain(context, width, height, random, 30_000);
  },
};

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32, public domain). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A sky: colours from the top down to `end` of the height. */
function fill(
  context: CanvasRenderingContext2D,
  width: number,
  height: number,
  colours: string[],
  end: number,
) {
  const sky = context.createLinearGradient(0, 0, 0, height * end);
  for (const [at, colour] of colours.entries()) sky.addColorStop(at / (colours.length - 1), colour);
  context.fillStyle = sky;
  context.fillRect(0, 0, width, height);
}

/** A disc of light that fades out. */
function glow(context: CanvasRenderingContext2D, x: number, y: number, radius: number, colour: string) {
  const light = context.createRadialGradient(x, y, 0, x, y, radius);
  light.addColorStop(0, colour);
  light.addColorStop(0.22, colour);
  light.addColorStop(0.26, `${colour}73`); // 45 percent
  light.addColorStop(1, "transparent");
  context.fillStyle = light;
  context.fillRect(x - radius, y - radius, 2 * radius, 2 * radius);
}

/** Hills: three waves over each other, filled down to the bottom. */
function ridge(
  context: CanvasRenderingContext2D,
  width: number,
  height: number,
  top: number,
  swing: number,
  waves: number,
  random: () => number,
  colour: string,
) {
  const turns = [random(), random(), random()].map((turn) => turn * 2 * Math.PI);
  context.fillStyle = colour;
  context.beginPath();
  context.moveTo(0, height);
  for (let x = 0; x <= width; x += 6) {
    const waved = turns.reduce(
      (sum, turn, at) => sum + Math.sin((x / width) * waves * (at + 1) * 2 + turn) / (at + 1),
      0,
    );
    context.lineTo(x, top + swing * waved);
  }
  context.lineTo(width, height);
  context.fill();
}

/** Grain as film has it. */
function grain(
  context: CanvasRenderingContext2D,
  width: number,
  height: number,
  random: () => number,
  grains: number,
) {
  for (let at = 0; at < grains; at += 1) {
    context.fillStyle = random() < 0.5 ? "rgb(255 255 255 / 0.05)" : "rgb(0 0 0 / 0.07)";
    context.fillRect(width * random(), height * random(), 3, 3);
  }
}
