// What may be expected, in words: never more than the server could promise. Pure.

import * as times from "./times.js";

export function promised({ state, seconds, opens_at } = {}, { t, language, now }) {
  if (state === "closed") return opens_at ? t("promise.opens", { time: times.opening(opens_at, language, now) }) : t("promise.closed");
  if (seconds) return t("promise.within", { time: times.span(seconds, language) });
  return state === "online" ? t("promise.online") : t("promise.later");
}
