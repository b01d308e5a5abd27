// <cm-keys hidden>…</cm-keys>: lets keys act on what is on the page. Any element takes part:
//
//   data-key="e"                 pressed for a click (fields and editors: for focus); also "j|ArrowDown", "Ctrl+Enter",
//                                "Shift+f", "g i" (one after the other)
//   data-key-label="…"           what it does, for the list; otherwise aria-label, title or the text
//   data-key-group="…"           on a container: the heading in the list
//
// The first that is visible and not disabled acts; inside an open dialog only its own; within [data-rests] none. Elements in <cm-keys> are never
// seen. Single keys act outside fields only, and not at all without data-keys on <body> (WCAG 2.1.4). The dialog
// #keys lists them, gathered from the page. Event before a click: cm-key {key}, cancelable, on the element.

import { isTyping, make, tell } from "./dom.js";
import { keyOf, keysIn, mayAct, shown } from "./keys.js";
import { gettext } from "./words.js";

const BETWEEN = 1200; // ms between the keys of a sequence

function all() {
  const dialog = [...document.querySelectorAll("dialog[open]")].at(-1);
  return [...(dialog ?? document).querySelectorAll("[data-key]")].filter((element) => !element.disabled && isThere(element));
}

export const labelOf = (element) =>
  element.dataset.keyLabel || element.getAttribute("aria-label") || element.title || element.textContent.replace(/\s+/g, " ").trim();

function isThere(element) {
  if (element.closest("[data-rests]")) return false;
  return Boolean(element.closest("cm-keys")) || element.checkVisibility({ visibilityProperty: true });
}

class Keys extends HTMLElement {
  connectedCallback() {
    this.stop = new AbortController();
    const { signal } = this.stop;
    addEventListener("keydown", (event) => this.press(event), { signal });
    const dialog = document.getElementById("keys");
    const list = dialog?.querySelector("[data-keys-list]");
    if (list) new MutationObserver(() => dialog.open && this.fill(list)).observe(dialog, { attributeFilter: ["open"] });
  }

  disconnectedCallback() {
    this.stop.abort();
  }

  press(event) {
    const key = keyOf(event);
    if (!key || event.defaultPrevented) return;
    const where = { isTyping: isTyping(event.target), hasKeys: document.body.hasAttribute("data-keys") };
    if (!mayAct(key, where)) return;
    const sequence = this.first && Date.now() - this.at < BETWEEN ? `${this.first} ${key}` : "";
    const wanted = all().map((element) => [element, keysIn(element.dataset.key)]);
    const found = (sequence && wanted.find(([, keys]) => keys.includes(sequence))) || wanted.find(([, keys]) => keys.includes(key));
    this.first = undefined;
    if (!found) return this.remember(key, wanted);
    event.preventDefault();
    this.act(found[0], key);
  }

  remember(key, wanted) {
    if (!wanted.some(([, keys]) => keys.some((each) => each.startsWith(`${key} `)))) return;
    [this.first, this.at] = [key, Date.now()];
  }

  act(element, key) {
    if (!tell(element, "cm-key", { key })) return;
    if (element.matches("input:not([type=checkbox], [type=radio]), textarea, select, cm-editor")) element.focus();
    else element.click();
  }

  fill(list) {
    const groups = new Map();
    for (const element of document.querySelectorAll("[data-key]")) {
      if (element.disabled || !isThere(element)) continue;
      const group = element.closest("[data-key-group]")?.dataset.keyGroup ?? gettext("Everywhere");
      const lines = groups.get(group) ?? groups.set(group, new Map()).get(group);
      const label = labelOf(element);
      if (label && !lines.has(label)) lines.set(label, keysIn(element.dataset.key)[0]);
    }
    list.replaceChildren();
    for (const [group, lines] of groups) {
      const drawn = [...lines].map(([label, key]) => {
        const caps = shown(key).flatMap((word) => word.split(" ")).map((cap) => make("kbd", {}, cap));
        return make("div", {}, make("dt", {}, ...caps), make("dd", { class: "clip", title: label }, label));
      });
      list.append(make("section", { class: "keys-in" }, make("h3", {}, group), make("dl", { class: "keys" }, ...drawn)));
    }
  }
}

customElements.define("cm-keys", Keys);
