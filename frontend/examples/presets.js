// Made by `darkroom presets --js`. Make it again after every change of the presets.
export default {
  version: 1,
  presets: [320, 640, 1024, 1920].map((width) => ({
    name: `web-${width}`,
    family: "web",
    fit: "inside",
    width,
    height: null,
    formats: ["jpeg"],
    extensions: ["jpg"],
  })),
};
