// <cm-chips kind="email" suggest-url="/find/addresses"><input name="cc" value="a@b.org, c@d.org"></cm-chips>
// Several values in one field: each becomes a chip. Enter, comma, semicolon, Tab or leaving the field makes one;
// Backspace goes to the last chip, then removes it; arrows move; a list pasted in becomes many. What is sent is one
// field of the same name with the values, separated by ", " - as without JavaScript; what still stands in the field
// when the form is sent goes along. kind="email" checks addresses (a wrong one stays, marked, and the form is not sent). suggest-url answers role=option lines with data-value.
// Attributes on the element: kind, suggest-url, warn ("…" words for addresses outside `known`, a list with commas).
// Event: cm-change {values}.

import { addressIn, isAddress, split } from "./addresses.js";
import { icon, make, tell } from "./dom.js";
import { Suggestions } from "./suggestions.js";
import { gettext, interpolate } from "./words.js";

class Chips extends HTMLElement {
  static formAssociated = true;

  internals = this.attachInternals();

  connectedCallback() {
    if (this.field) return;
    this.field = this.querySelector("input");
    this.name = this.field.name;
    const { value, defaultValue } = this.field;
    this.values = split(defaultValue);
    this.field.removeAttribute("name");
    this.field.value = value === defaultValue ? "" : value.slice(defaultValue.length); // somebody types already
    this.suggestions = new Suggestions(this);
    this.hidden_ = this.appendChild(make("input", { type: "hidden", name: this.name }));
    this.field.addEventListener("keydown", (event) => this.key(event));
    this.field.addEventListener("blur", () => setTimeout(() => this.suggestions.hasFocus || this.commit(), 150));
    this.field.addEventListener("paste", (event) => this.paste(event));
    this.addEventListener("click", (event) => event.target === this && this.field.focus());
    this.addEventListener("keydown", (event) => this.keyOnChip(event));
    this.field.form?.addEventListener("submit", (event) => this.send(event), { capture: true }); // before htmx reads the form
    this.draw();
    if (document.activeElement !== this.field) this.commit(); // typed and left before this was here
  }

  get value() {
    return this.values.join(", ");
  }

  set value(text) {
    this.values = split(text);
    this.draw();
  }

  key(event) {
    if (event.ctrlKey || event.metaKey) return; // sends
    if (this.suggestions.key(event)) return;
    if (["Enter", ",", ";", "Tab"].includes(event.key) && this.field.value.trim()) {
      if (event.key !== "Tab") event.preventDefault();
      this.commit();
    } else if (event.key === "Enter") event.preventDefault();
    if (["Backspace", "ArrowLeft", "ArrowRight"].includes(event.key) && this.field.selectionStart === 0 && !this.field.value) this.chips.at(-1)?.focus();
  }

  keyOnChip(event) {
    const at = this.chips.indexOf(event.target);
    if (at < 0) return;
    const isRtl = getComputedStyle(this).direction === "rtl";
    const by = { ArrowLeft: isRtl ? 1 : -1, ArrowRight: isRtl ? -1 : 1 }[event.key];
    if (by) (this.chips[at + by] ?? (by > 0 ? this.field : event.target)).focus();
    if (event.key !== "Backspace" && event.key !== "Delete") return;
    event.preventDefault();
    this.remove_(at);
    (this.chips[at - 1] ?? this.field).focus();
  }

  paste(event) {
    const text = event.clipboardData.getData("text");
    if (split(text).length < 2) return;
    event.preventDefault();
    this.add(split(text));
  }

  send(event) {
    this.commit();
    if (!this.isConnected || this.internals.checkValidity()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.internals.reportValidity();
  }

  commit() {
    if (this.field.value.trim()) this.add(split(this.field.value));
    this.field.value = "";
    this.suggestions.close();
  }

  add(values) {
    const have = new Set(this.values.map((value) => addressIn(value).toLowerCase()));
    this.values.push(...values.filter((value) => !have.has(addressIn(value).toLowerCase())));
    this.changed();
  }

  remove_(at) {
    this.values.splice(at, 1);
    this.changed();
  }

  changed() {
    this.draw();
    tell(this, "cm-change", { values: this.values });
  }

  get chips() {
    return [...this.querySelectorAll(".chip")];
  }

  draw() {
    this.chips.forEach((chip) => chip.remove());
    this.field.before(...this.values.map((value, at) => this.chip(value, at)));
    this.hidden_.value = this.value;
    const wrong = this.getAttribute("kind") === "email" && this.values.find((value) => !isAddress(value));
    const words = wrong ? interpolate(gettext("“%(value)s” is not a complete address."), { value: wrong }) : "";
    this.internals.setValidity(wrong ? { customError: true } : {}, words, wrong ? this.field : undefined);
  }

  chip(value, at) {
    const isWrong = this.getAttribute("kind") === "email" && !isAddress(value);
    const cross = make("button", { type: "button", tabindex: "-1", "aria-label": interpolate(gettext("Remove %(value)s"), { value }) }, icon("x"));
    cross.addEventListener("click", () => (this.remove_(at), this.field.focus()));
    const isNew = !isWrong && this.isNew(value);
    const title = isNew ? `${value} · ${this.getAttribute("warn")}` : value;
    return make("span", { class: isNew ? "chip warn" : "chip", tabindex: "-1", title, "aria-invalid": isWrong && "true" }, make("bdi", { class: "clip" }, value), cross);
  }

  // Is somebody addressed whom `known` does not name?
  isNew(value) {
    if (!this.getAttribute("warn")) return false;
    return !split(this.getAttribute("known") ?? "").some((one) => addressIn(one).toLowerCase() === addressIn(value).toLowerCase());
  }
}

customElements.define("cm-chips", Chips);
