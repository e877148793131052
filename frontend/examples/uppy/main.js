// Uppy's Dashboard uploads to a Darkroom stack: ?config=https://YOUR_SITE_URL/config.json

import "@uppy/core/css/style.min.css";
import "@uppy/dashboard/css/style.min.css";
import AwsS3 from "@uppy/aws-s3";
import Uppy from "@uppy/core";
import Dashboard from "@uppy/dashboard";
import { createClient, loadConfig } from "darkroom-client";

const config = await loadConfig(new URLSearchParams(location.search).get("config") ?? undefined);
const client = createClient(config);

/** The public id of each of Uppy's files. */
const ids = new Map();

const uppy = new Uppy({
  restrictions: {
    maxFileSize: config.accepts.maxBytes,
    allowedFileTypes: client.accept.split(","),
  },
})
  .use(Dashboard, { inline: true, target: "#dashboard" })
  .use(AwsS3, {
    shouldUseMultipart: false, // a guest may only put whole files
    generateObjectKey: (file) => file.id, // the client makes the real key
    async signRequest({ key, contentType }) {
      const { id, url, headers } = await client.sign({ name: uppy.getFile(key).name, type: contentType });
      ids.set(key, id);
      return { url, headers };
    },
  });

uppy.on("upload-success", async (file) => {
  for await (const watched of client.watch([ids.get(file.id)])) show(file.name, watched);
});

function show(name, { manifest, fault }) {
  const item = document.createElement("li");
  if (manifest?.outcome === "ready") {
    const image = new Image();
    image.src = manifest.variants.find(({ preset }) => preset === "thumb").url;
    image.alt = name;
    item.append(image);
  } else {
    item.append(`${name}: ${manifest?.rejection?.reason ?? fault?.message ?? "deleted"}`);
  }
  document.querySelector("#results").append(item);
}
