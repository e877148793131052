"use client";
import { nextLoader } from "darkroom-loader/next";
import presets from "./presets.js";

export default nextLoader(presets);
