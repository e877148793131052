import { IMAGE_CONFIG, IMAGE_LOADER, NgOptimizedImage } from "@angular/common";
import { type ApplicationConfig, Component } from "@angular/core";
import { angularLoader } from "darkroom-loader/angular";
import presets from "../presets.js";

@Component({
  selector: "app-root",
  imports: [NgOptimizedImage],
  template: `<img [ngSrc]="cat" alt="A cat" width="1920" height="1280" sizes="(min-width: 900px) 50vw, 100vw" />`,
})
export class App {
  readonly cat = "https://pictures.example/photos/cat.jpg?v=1a2b3c4d";
}

export const config: ApplicationConfig = {
  providers: [
    { provide: IMAGE_LOADER, useValue: angularLoader(presets) },
    { provide: IMAGE_CONFIG, useValue: { breakpoints: [320, 640, 1024, 1920] } },
  ],
};
