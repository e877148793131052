// Made by `darkroom presets --js`. Make it again after every change of the presets.
export default {
  version: 1,
  fingerprint: "sha256:0000000000000000000000000000000000000000000000000000000000000000",
  presets: [
    {
      name: "web-320",
      family: "web",
      fit: "inside",
      width: 320,
      height: null,
      formats: ["jpeg"],
      extensions: ["jpg"],
    },
    {
      name: "web-640",
      family: "web",
      fit: "inside",
      width: 640,
      height: null,
      formats: ["jpeg"],
      extensions: ["jpg"],
    },
    {
      name: "web-1024",
      family: "web",
      fit: "inside",
      width: 1024,
      height: null,
      formats: ["jpeg"],
      extensions: ["jpg"],
    },
    {
      name: "web-1920",
      family: "web",
      fit: "inside",
      width: 1920,
      height: null,
      formats: ["jpeg"],
      extensions: ["jpg"],
    },
  ],
};
