// What htmx does with answers that are not what it asked for. No element of its own.
//
// 422 (a form with its errors) is swapped in its place. A refusal names the toast region itself (HX-Retarget), see
// middleware.py. Anything else leaves the page alone, with what was typed, and a toast says so.

import { toast } from "./cm-toast.js";
import { gettext } from "./words.js";

// What to do with an answer: "swap", "leave" or "tell".
export function verdict(status, headers) {
  if (status < 400) return "swap";
  if (status === 422 || headers("HX-Retarget")) return "swap";
  return headers("HX-Redirect") ? "leave" : "tell";
}

// What to say when nobody answered. Nothing about what refreshes itself: the bar tells that there is no connection.
export function withoutConnection({ verb, triggeringEvent }) {
  if (verb !== "get") return gettext("Not sent: there is no connection. What you typed is still here.");
  return /^(click|submit|input|change|key)/.test(triggeringEvent?.type) ? gettext("Not loaded: there is no connection.") : "";
}

function onAnswer(event) {
  const { xhr } = event.detail;
  const what = verdict(xhr.status, (name) => xhr.getResponseHeader(name));
  if (what === "swap" && xhr.status >= 400) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
  if (what === "tell") toast(gettext("That didn’t work: our side gave no proper answer. What you typed is still here."), { tone: "bad" });
}

export function start() {
  document.addEventListener("htmx:beforeSwap", onAnswer);
  const unsent = ({ detail }) => {
    const words = withoutConnection(detail.requestConfig);
    if (words) toast(words, { tone: "bad" });
  };
  document.addEventListener("htmx:sendError", unsent);
  document.addEventListener("htmx:timeout", unsent);
}
