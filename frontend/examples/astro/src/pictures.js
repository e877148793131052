import { astroService } from "darkroom-loader/astro";
import presets from "../presets.js";

export default astroService(presets);
