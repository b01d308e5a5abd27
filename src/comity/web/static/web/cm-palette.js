// <cm-palette> around a search field and a role=listbox, inside <dialog id="palette">: search and commands (Ctrl K).
// The server answers with role=option lines (views/find.py); what can be done on this page is gathered from its
// data-key elements and stands first. Arrow keys choose, Enter acts. data-subject on the page names what it is about.

import { labelOf } from "./cm-keys.js";
import { icon, make } from "./dom.js";
import { keysIn, shown } from "./keys.js";
import { gettext } from "./words.js";

// Does every word typed begin a word of the label?
export function fits(label, typed) {
  const words = label.toLocaleLowerCase().split(/\s+/);
  return typed.toLocaleLowerCase().split(/\s+/).filter(Boolean).every((part) => words.some((word) => word.startsWith(part)));
}

class Palette extends HTMLElement {
  connectedCallback() {
    this.dialog = this.closest("dialog");
    this.input = this.querySelector("input");
    this.list = this.querySelector("[role=listbox]");
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("htmx:configRequest", (event) => {
      event.detail.parameters.subject = document.querySelector("[data-subject]:not([data-rests])")?.dataset.subject ?? "";
    });
    this.list.addEventListener("htmx:afterSwap", () => this.filled());
    this.list.addEventListener("click", (event) => event.target.closest("[role=option]:not([aria-disabled])") && this.dialog.close());
    new MutationObserver(() => this.dialog.open && this.opened()).observe(this.dialog, { attributeFilter: ["open"] });
  }

  opened() {
    this.input.value = "";
    this.input.dispatchEvent(new CustomEvent("open-palette"));
  }

  get options() {
    return [...this.list.querySelectorAll("[role=option]:not([aria-disabled])")];
  }

  // Puts this page's own actions before what the server found.
  filled() {
    this.list.prepend(...this.here());
    this.choose(this.options[0]);
  }

  here() {
    const acts = [...document.querySelectorAll("[data-key]")].filter((element) => !element.disabled && !element.closest("dialog, cm-keys, [hidden], [data-rests]") && element.checkVisibility());
    const fit = acts.filter((element) => labelOf(element) && fits(labelOf(element), this.input.value)).slice(0, 6);
    if (fit.length === 0) return [];
    return [make("div", { class: "menu-h", role: "presentation" }, gettext("On this page")), ...fit.map((element) => this.line(element))];
  }

  line(element) {
    const caps = shown(keysIn(element.dataset.key)[0]).join(" ");
    const line = make("button", { type: "button", role: "option", tabindex: "-1" }, icon("zap"), make("span", { class: "clip grow" }, labelOf(element)), make("kbd", {}, caps));
    line.addEventListener("click", () => setTimeout(() => (element.matches("input, textarea") ? element.focus() : element.click())));
    return line;
  }

  choose(option) {
    this.options.forEach((each, at) => {
      each.id ||= `found-${at}`;
      each.setAttribute("aria-selected", String(each === option));
    });
    this.chosen = option;
    if (option) this.input.setAttribute("aria-activedescendant", option.id);
    else this.input.removeAttribute("aria-activedescendant");
    option?.scrollIntoView({ block: "nearest" });
  }

  key(event) {
    const options = this.options;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && options.length) {
      event.preventDefault();
      this.choose(options[(options.indexOf(this.chosen) + step + options.length) % options.length]);
    }
    if (event.key === "Enter") {
      event.preventDefault();
      this.chosen?.click();
    }
  }
}

customElements.define("cm-palette", Palette);
