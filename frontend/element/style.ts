/**
 * The style inside a <darkroom-upload>. The page around it sets `--darkroom-accent`, `--darkroom-on-accent`, its own font and
 * colours, and any `::part()`.
 */
export const STYLE = `
:host {
  display: block;
  --accent: var(--darkroom-accent, light-dark(#b0371a, #ff7350));
  --on-accent: var(--darkroom-on-accent, light-dark(#ffffff, #200a05));
  --line: light-dark(#8a776b, #8d7a71);
  color: CanvasText;
}
:host([hidden]), [hidden] { display: none !important; }
.zone {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 0.75rem;
  padding: 1rem;
  border: 2px dashed var(--line);
  border-radius: 0.75rem;
}
.zone.is-over { border-color: var(--accent); border-style: solid; }
button {
  min-height: 44px;
  padding: 0 1rem;
  border: 1px solid var(--line);
  border-radius: 0.5rem;
  background: none;
  color: inherit;
  font: inherit;
  cursor: pointer;
}
.zone button { border-color: transparent; background: var(--accent); color: var(--on-accent); font-weight: 600; }
button:disabled { opacity: 0.5; cursor: default; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
ul { list-style: none; margin: 0.75rem 0 0; padding: 0; display: grid; gap: 0.5rem; }
li {
  display: grid;
  grid-template-columns: 3rem minmax(0, 1fr) auto auto;
  align-items: center;
  gap: 0.75rem;
  min-height: 4.5rem;
}
p { margin: 0; }
.name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-weight: 600; }
.thumb, .thumb img { display: block; width: 3rem; height: 3rem; border-radius: 0.25rem; object-fit: cover; }
.thumb { background: color-mix(in srgb, CanvasText 10%, Canvas); }
progress { width: 100%; accent-color: var(--accent); }
.unseen {
  position: absolute;
  width: 1px;
  height: 1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}
@media (forced-colors: active) { .zone button { border-color: ButtonText; } }
`;
