import type { Fault } from "../../client/fault.ts";
import { t } from "../../client/language.ts";
import { announce } from "./announcer.ts";
import { byId, el } from "./dom.ts";

let shown = "";

/** Shows a fault that is everyone's, once, above all pictures. The operator's part of it is folded away. */
export function showFault(fault: Fault): void {
  const words = `${fault.message} ${fault.advice}`;
  const trouble = byId("trouble");
  if (shown === words && !trouble.hidden) return;
  shown = words;
  trouble.replaceChildren(el("p", {}, el("strong", {}, fault.message), ` ${fault.advice}`));
  if (fault.parts.details) {
    trouble.append(
      el("details", {}, el("summary", {}, t("trouble.details")), el("p", {}, fault.parts.details)),
    );
  }
  trouble.hidden = false;
  announce(words);
}

/** Takes the fault away again. */
export function hideFault(): void {
  byId("trouble").hidden = true;
}
