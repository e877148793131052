export default {
  output: "export",
  images: {
    loader: "custom",
    loaderFile: "./loader.js",
    deviceSizes: [320, 640, 1024, 1920],
    imageSizes: [],
  },
};
