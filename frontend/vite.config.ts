import { defineConfig } from "vitest/config";

export default defineConfig({
  base: "./", // the page works under any path
  build: {
    target: "es2022",
    assetsInlineLimit: 0, // the page's policy allows no inline styles, and files cache better
    modulePreload: { polyfill: false },
  },
  test: { include: ["{src,client}/**/*.test.ts"] },
});
