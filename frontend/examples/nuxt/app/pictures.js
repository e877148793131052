import { defineProvider } from "@nuxt/image/runtime";
import { nuxtImage } from "darkroom-loader/nuxt";
import presets from "../presets.js";

export default defineProvider({ getImage: nuxtImage(presets) });
