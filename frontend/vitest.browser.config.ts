import { defineConfig } from "vitest/config";

// Needs a running local stack; `cargo xtask test` starts one and sets DARKROOM_SITE_URL and DARKROOM_STACK.
export default defineConfig(({ mode }) => ({
  test: {
    include: ["screenshot", "figures"].includes(mode)
      ? [`browser/${mode}.ts`]
      : ["{browser,examples}/*.test.ts"],
    fileParallelism: false, // one browser at a time: the stack renders on the same machine
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
}));
