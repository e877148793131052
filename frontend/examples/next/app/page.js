import Image from "next/image";

const CAT = "https://pictures.example/photos/cat.jpg?v=1a2b3c4d";

export default function Page() {
  return <Image src={CAT} alt="A cat" width={1920} height={1280} sizes="100vw" />;
}
