import { defineConfig } from "vitest/config";
import EN from "./client/messages/en.ts";

/** Fills the texts of index.html in, so that it can be read before its script has run, and leaves their names for the script. */
const texts = {
  name: "texts",
  transformIndexHtml: (html: string) =>
    html
      .replace(/>\{([a-z.]+)\}</g, (_, name: string) => ` data-text="${name}">${text(name)}<`)
      .replace(
        /([a-z-]+)="\{([a-z.]+)\}"/g,
        (_, attribute: string, name: string) => `data-${attribute}="${name}" ${attribute}="${text(name)}"`,
      ),
};

function text(name: string): string {
  const found = (EN as Record<string, unknown>)[name];
  if (typeof found !== "string")
    throw new Error(`index.html asks for the text "${name}", which does not exist`);
  return found.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}

export default defineConfig({
  base: "./", // the page works under any path
  plugins: [texts],
  build: {
    target: "es2022",
    assetsInlineLimit: 0, // the page's policy allows no inline styles, and files cache better
    modulePreload: { polyfill: false },
  },
  test: { include: ["{src,client,loader}/**/*.test.ts"] },
});
