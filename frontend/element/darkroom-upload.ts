// <darkroom-upload>: the upload as a form control for any page. docs/page.md shows how to embed it.
//
// Attributes: config (URL of the stack's config.json; beside this script by default), name, multiple, required, disabled,
// lang. Its value in a form is the public id of each picture that is ready.

import { createClient } from "../client/client.ts";
import { loadConfig } from "../client/config.ts";
import { asFault } from "../client/fault.ts";
import { chooseLanguage, LANGUAGES, speak, t } from "../client/language.ts";
import { isFinal } from "../client/state.ts";
import { ending } from "../src/batch.ts";
import { type Details, type Entry, type Fired, start } from "./entry.ts";
import { newView, type View } from "./view.ts";

declare global {
  interface HTMLElementTagNameMap {
    "darkroom-upload": DarkroomUpload;
  }
  interface HTMLElementEventMap {
    "darkroom-progress": CustomEvent<Details["darkroom-progress"]>;
    "darkroom-ready": CustomEvent<Details["darkroom-ready"]>;
    "darkroom-rejected": CustomEvent<Details["darkroom-rejected"]>;
    "darkroom-failed": CustomEvent<Details["darkroom-failed"]>;
  }
}

export class DarkroomUpload extends HTMLElement {
  static readonly formAssociated = true;
  static readonly observedAttributes = ["multiple", "required", "name"];

  readonly #internals = this.attachInternals();
  readonly #entries: Entry[] = [];
  #view: View | undefined;
  #client: ReturnType<typeof createClient> | undefined;
  #isDisabled = false;

  // Uploads go on when the element leaves the page: a framework may only be moving it. `reset` stops them.
  connectedCallback(): void {
    if (!this.#view) void this.#open();
  }

  attributeChangedCallback(): void {
    this.#refresh();
  }

  formDisabledCallback(isDisabled: boolean): void {
    this.#isDisabled = isDisabled;
    this.#refresh();
  }

  formResetCallback(): void {
    this.reset();
  }

  /** The public ids of the pictures that are ready, in the order in which they were chosen. */
  get ids(): string[] {
    return this.#entries.filter(isReady).map(({ id }) => id);
  }

  /** Uploads files as if they had been chosen. */
  add(files: Iterable<File>): void {
    if (!this.#client || this.#isDisabled) return;
    const chosen = [...files].slice(0, this.hasAttribute("multiple") ? undefined : 1);
    if (chosen.length === 0) return;
    if (!this.hasAttribute("multiple")) this.reset();
    for (const file of chosen) {
      const entry: Entry = { file, id: "", state: { step: "queued" }, stop: new AbortController() };
      this.#entries.push(entry);
      this.#start(entry);
    }
    this.#refresh();
  }

  /** Stops every upload and empties the list. What is stored stays stored. */
  reset(): void {
    for (const { stop } of this.#entries.splice(0)) stop.abort();
    this.#refresh();
  }

  async #open(): Promise<void> {
    const root = this.attachShadow({ mode: "open", delegatesFocus: true });
    const view = newView(root, {
      add: (files) => this.add(files),
      retry: (entry) => this.#start(entry),
      remove: (entry) => this.#remove(entry),
    });
    this.#view = view;
    this.#refresh(); // closed until the configuration is there
    try {
      await speak(chooseLanguage(`?lang=${this.lang}`, navigator.languages, LANGUAGES));
      view.speak();
      const config = await loadConfig(
        this.getAttribute("config") ?? new URL(/* @vite-ignore */ "config.json", import.meta.url).href,
      );
      this.#client = createClient(config);
      view.accept(this.#client.accept);
    } catch (error) {
      const fault = asFault(error);
      view.say(`${fault.message} ${fault.advice}`, true);
      this.#fire("darkroom-failed", { fault });
    }
    this.#refresh();
  }

  #start(entry: Entry): void {
    if (!this.#client) return;
    void start(this.#client, entry, {
      changed: () => this.#refresh(),
      fire: (type, detail) => this.#fire(type, detail),
    }).then(() => this.#announceEnd());
  }

  #remove(entry: Entry): void {
    entry.stop.abort();
    const at = this.#entries.indexOf(entry);
    if (at >= 0) this.#entries.splice(at, 1);
    this.#refresh();
    this.#view?.focus();
  }

  /** One sentence once nothing is open any more, however many pictures there are. */
  #announceEnd(): void {
    const pictures = this.#entries.map(({ file, state }) => ({ name: file.name, size: file.size, state }));
    if (pictures.length > 0 && pictures.every(({ state }) => isFinal(state)))
      this.#view?.say(ending(pictures));
  }

  #refresh(): void {
    const isReadyToTake = this.#client !== undefined && !this.#isDisabled;
    this.#view?.show(this.#entries, { isEnabled: isReadyToTake, isMultiple: this.hasAttribute("multiple") });
    const name = this.getAttribute("name");
    const value = new FormData();
    if (name) for (const id of this.ids) value.append(name, id);
    this.#internals.setFormValue(name ? value : null);
    const isOpen = this.#entries.some(({ state }) => !isFinal(state));
    const isMissing = this.hasAttribute("required") && this.ids.length === 0;
    if (isOpen) this.#internals.setValidity({ customError: true }, t("element.open"), this.#view?.control);
    else if (isMissing)
      this.#internals.setValidity({ valueMissing: true }, t("element.missing"), this.#view?.control);
    else this.#internals.setValidity({});
  }

  #fire<Name extends keyof Details>(...[type, detail]: Fired<Name>): void {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }
}

function isReady({ state }: Entry): boolean {
  return state.step === "settled" && state.outcome.outcome === "ready";
}

if (!customElements.get("darkroom-upload")) customElements.define("darkroom-upload", DarkroomUpload);
