import type { Branding } from "../../client/branding.ts";
import { language, t } from "../../client/language.ts";
import { accentFor } from "../accent.ts";
import { byId, el } from "./dom.ts";

/** Dresses the page as its operator wishes, and links the other languages. */
export function showBranding({ title, accent, logo, terms, languages }: Branding): void {
  if (title) {
    byId("title").textContent = title;
    document.title = title;
  }
  if (accent) {
    const { style } = document.documentElement;
    for (const scheme of ["dark", "light"] as const) {
      const colours = accentFor(accent, scheme);
      style.setProperty(`--accent-in-${scheme}`, colours.accent);
      style.setProperty(`--on-accent-in-${scheme}`, colours.on);
      style.setProperty(`--glow-in-${scheme}`, colours.glow);
    }
  }
  if (logo) {
    const image = byId("logo") as HTMLImageElement;
    image.src = logo;
    image.hidden = false;
  }
  if (terms) byId("terms").replaceChildren(el("a", { href: terms }, t("foot.terms")));
  const others = languages.filter((offered) => offered !== language().language);
  byId("languages").replaceChildren(
    ...others.map((other) => {
      const name = new Intl.DisplayNames([other], { type: "language" }).of(other) ?? other;
      return el("a", { href: `?lang=${other}`, lang: other, hreflang: other }, name);
    }),
  );
}
