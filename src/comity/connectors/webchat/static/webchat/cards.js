// Cards within a conversation and on the home page: data from the server, drawn here. Nothing of a card is ever taken as
// HTML. A room of the house brings a kind of its own as a module with `draw(card, by, message) => element`; it is loaded
// when the first such card is shown.
//
// `by` is {t, language, base, say(text), call(method, path, body), make, icon}: `say` sends a message in the visitor's
// name, `call` asks the client API. `message` is the one that carries the card; on the home page there is none.

import { icon, make } from "./dom.js";
import { safe } from "./links.js";

const kinds = new Map();

const register = (kind, draw) => kinds.set(kind, draw);

// The element of a card, or null for a kind of which nothing is known here, not even its words.
export function draw(card, by, message = null) {
  if (!card) return null;
  const known = kinds.get(card.kind);
  const drawn = known ? known(card, by, message) : brought(card, by, message);
  drawn?.classList.add("card");
  return drawn;
}

// Its words, until the module of its kind has come, and where it does not come.
function brought(card, by, message) {
  const module = by.settings.cards?.[card.kind];
  if (!module && !card.words) return null;
  const box = make("div", {}, card.words && make("p", { class: "say words", dir: "auto" }, card.words));
  const call = (...asked) => by.session.call(...asked);
  const arrived = ({ draw }) => box.replaceChildren(draw(card, { ...by, call, make, icon }, message));
  if (module) import(new URL(module, by.base).href).then(arrived, () => {});
  return box;
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
