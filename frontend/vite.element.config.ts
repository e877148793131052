import { defineConfig } from "vite";

// <darkroom-upload> as one script beside the page, under a name that other sites can keep.
export default defineConfig({
  base: "./",
  publicDir: false,
  build: {
    target: "es2022",
    emptyOutDir: false,
    modulePreload: { polyfill: false },
    lib: { entry: "element/darkroom-upload.ts", formats: ["es"], fileName: "darkroom-upload" },
    rollupOptions: { output: { chunkFileNames: "assets/[name]-[hash].js" } },
  },
});
