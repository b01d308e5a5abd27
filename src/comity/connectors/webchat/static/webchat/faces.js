// Who is speaking: a picture, initials, or the organisation's own sign.

import { icon, make } from "./dom.js";

// `person` is {name, avatar} or nothing, which means the organisation. `base` is our server, for pictures named by path.
export function face(person, { size = "", brand = {}, base }) {
  const source = person ? person.avatar : brand.logo;
  const element = make("span", { class: `av ${size} ${person ? "" : "brand"}`.trim(), "aria-hidden": "true" });
  element.append(person?.name && person.kind !== "assistant" ? initials(person.name) : icon("messages-square"));
  element.style.setProperty("--h", hue(person?.name ?? ""));
  if (source) showPicture(element, new URL(source, base).href);
  return element;
}

// What stood there stays until the picture is loaded, and for good where a page forbids it.
function showPicture(element, source) {
  const picture = make("img", { alt: "", src: source });
  picture.addEventListener("load", () => element.replaceChildren(picture), { once: true });
}

export function initials(name) {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const chosen = words.length > 1 ? [words[0], words.at(-1)] : words;
  return chosen.map((word) => [...word][0]).join("").toLocaleUpperCase();
}

// The same colour for the same name, everywhere.
export function hue(name) {
  let sum = 0;
  for (const sign of name) sum = (sum * 31 + sign.codePointAt(0)) % 360;
  return sum;
}
