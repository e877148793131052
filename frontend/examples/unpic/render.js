import { mkdirSync, writeFileSync } from "node:fs";
import { Image } from "@unpic/react/base";
import { unpicTransformer } from "darkroom-loader/unpic";
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import presets from "./presets.js";

const cat = createElement(Image, {
  src: "https://pictures.example/photos/cat.jpg?v=1a2b3c4d",
  transformer: unpicTransformer(presets),
  breakpoints: [320, 640, 1024, 1920],
  layout: "fullWidth",
  alt: "A cat",
});
mkdirSync("dist", { recursive: true });
writeFileSync("dist/index.html", renderToStaticMarkup(cat));
