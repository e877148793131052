import type { Details } from "../../client/details.ts";
import { t } from "../../client/language.ts";
import { duration, moment } from "../../client/words.ts";
import { phases, type Times, total } from "../times.ts";
import { el } from "./dom.ts";

/** What happened to a picture and how long each part took, as bars. */
export function timeline(times: Times, { timings, createdAt }: Details): HTMLElement {
  const parts = phases(times, timings);
  const longest = Math.max(1, ...parts.map(({ ms }) => ms));
  const whole = total(times);
  const when = moment(createdAt);
  return el(
    "section",
    { class: "timeline" },
    el("h3", {}, t("time.title")),
    el(
      "ol",
      {},
      ...parts.map(({ name, ms }) => {
        const bar = el("span", { class: "time-bar", "aria-hidden": "true" });
        bar.style.inlineSize = `${(ms / longest) * 100}%`;
        return el("li", {}, el("span", {}, t(name)), el("span", { class: "time-track" }, bar), duration(ms));
      }),
    ),
    el(
      "p",
      {},
      whole === undefined ? t("time.when", { when }) : t("time.total", { when, duration: duration(whole) }),
    ),
  );
}
