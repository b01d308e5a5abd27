// Cards within a conversation and on the home page: data from the server, drawn here. Nothing of a card is ever taken as
// HTML. A room of the house registers a kind of its own: register("booking", (card, by) => element).
//
// `by` is {t, language, base, say(text)}: `say` sends a message in the visitor's name.

import { icon, make } from "./dom.js";
import { safe } from "./links.js";

const kinds = new Map();

export const register = (kind, draw) => kinds.set(kind, draw);

// The element of a card, or null for a kind that this version of the widget does not know.
export function draw(card, by) {
  const drawn = card && kinds.get(card.kind)?.(card, by);
  drawn?.classList.add("card");
  return drawn ?? null;
}

register("article", (card, by) => {
  const text = card.text && make("span", { class: "xs muted", dir: "auto" }, card.text);
  return line(card, by, icon("book-open"), make("b", { dir: "auto" }, card.title ?? ""), text);
});

register("order", (card, by) => {
  const text = card.text && make("span", { class: "xs muted", dir: "auto" }, card.text);
  const sign = make("span", { class: "pic" }, icon("package", "i-lg"));
  const head = line(card, by, sign, make("b", { dir: "auto" }, card.title ?? ""), text);
  const whole = make("article", {}, head);
  const steps = Math.min(12, Number(card.steps) || 0);
  if (steps) {
    const label = card.label || by.t("card.step", { n: Number(card.step) || 0, of: steps });
    const marks = Array.from({ length: steps }, (_, at) => make("i", { class: at < card.step ? "on" : "" }));
    whole.append(make("div", { class: "track", role: "img", "aria-label": label }, marks));
  }
  return whole;
});

register("product", (card, by) => {
  const source = card.picture && safe(new URL(card.picture, by.base).href);
  const picture = source && make("img", { class: "shot", src: source, alt: "", loading: "lazy" });
  picture?.addEventListener("error", () => picture.remove(), { once: true }); // the page's policy may forbid it
  const more = [card.price, card.text].filter(Boolean).join(" · ");
  const head = line(card, by, null, make("b", { dir: "auto" }, card.title ?? ""), more && make("span", { class: "xs muted", dir: "auto" }, more));
  return make("article", {}, picture, head);
});

register("survey", (card, by) => {
  const answer = (event) => {
    by.say(event.currentTarget.textContent);
    chips.querySelectorAll("button").forEach((each) => each.setAttribute("disabled", ""));
  };
  const chips = make("div", { class: "chips" }, (card.choices ?? []).map((choice) => make("button", { type: "button", class: "chip", dir: "auto", onclick: answer }, String(choice))));
  return make("article", { class: "say" }, make("b", { dir: "auto" }, card.question ?? ""), chips);
});

// A row with a sign, words, and an arrow where it leads somewhere.
function line({ url }, { base }, sign, ...words) {
  const href = url && safe(new URL(url, base).href);
  const inside = [sign, make("span", { class: "grow" }, ...words), href && icon("chevron-right", "i-flip")];
  return href ? make("a", { class: "line", href, target: "_blank", rel: "noopener" }, inside) : make("div", { class: "line" }, inside);
}
