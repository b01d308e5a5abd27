// Whose address may be meant, under the field of <cm-chips suggest-url>. No element of its own. Enter and Tab take the
// first unless a whole address stands there already; the arrow keys move, Escape closes.

import { isAddress } from "./addresses.js";
import { make } from "./dom.js";
import { gettext } from "./words.js";

export class Suggestions {
  constructor(chips) {
    this.chips = chips;
    this.url = chips.getAttribute("suggest-url");
    this.box = make("div", { class: "menu ed-mentions", role: "listbox", "aria-label": gettext("People") });
    this.box.addEventListener("keydown", (event) => this.move(event));
    this.box.addEventListener("click", (event) => this.pick(event.target.closest("[data-value]")));
    chips.field.addEventListener("input", () => this.ask());
    this.ask();
  }

  get first() {
    return this.box.isConnected ? this.box.querySelector("[data-value]") : null;
  }

  get hasFocus() {
    return this.box.contains(document.activeElement);
  }

  async ask() {
    const text = this.chips.field.value.trim();
    this.close();
    if (!this.url || text.length < 2) return;
    const answer = await fetch(`${this.url}?${new URLSearchParams({ q: text })}`, { headers: { "HX-Request": "true" } });
    if (!answer.ok || text !== this.chips.field.value.trim()) return;
    this.box.innerHTML = await answer.text();
    if (this.box.querySelector("[data-value]")) this.chips.append(this.box);
  }

  // Takes a key of the field; true when that was all.
  key(event) {
    if (!this.first) return false;
    const isTaking = ["Enter", "Tab"].includes(event.key) && !isAddress(this.chips.field.value);
    if (!isTaking && event.key !== "ArrowDown" && event.key !== "Escape") return false;
    event.preventDefault();
    if (isTaking) this.pick(this.first);
    else if (event.key === "ArrowDown") this.first.focus();
    else this.close();
    return true;
  }

  move(event) {
    const { nextElementSibling: after, previousElementSibling: before } = event.target;
    const to = { ArrowDown: after, ArrowUp: before ?? this.chips.field, Escape: this.chips.field }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    to?.focus();
  }

  pick(option) {
    if (!option) return;
    this.chips.field.value = "";
    this.close();
    this.chips.add([option.dataset.value]);
    this.chips.field.focus();
  }

  close() {
    this.box.remove();
  }
}
