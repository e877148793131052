export default defineNuxtConfig({
  modules: ["@nuxt/image"],
  image: {
    provider: "darkroom",
    providers: { darkroom: { provider: "~/pictures.js" } },
    screens: { xs: 320, sm: 640, md: 1024, lg: 1920 },
  },
  experimental: { payloadExtraction: false },
  compatibilityDate: "2026-01-01",
  telemetry: false,
});
