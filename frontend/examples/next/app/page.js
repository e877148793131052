import { fromManifest } from "darkroom-loader";
import Image from "next/image";
import manifest from "../cat.json";

const { src, width, height, placeholder } = fromManifest(manifest);

export default function Page() {
  return (
    <Image
      src={src}
      alt="A cat"
      width={width}
      height={height}
      sizes="100vw"
      placeholder={placeholder.data_uri}
    />
  );
}
