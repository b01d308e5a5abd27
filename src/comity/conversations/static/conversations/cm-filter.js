// <cm-filter> around a search field and elements with data-name: typing leaves those whose words begin so; Enter takes
// the first. With a [data-new] button, what is typed can be made new: [data-typed] shows it.

import { fits } from "../web/cm-palette.js";

class Filter extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input");
    this.fresh = this.querySelector("[data-new]");
    this.addEventListener("input", () => this.narrow());
    this.addEventListener("keydown", (event) => this.key(event));
  }

  get items() {
    return [...this.querySelectorAll("[data-name]")];
  }

  narrow() {
    const typed = this.input.value.trim();
    for (const item of this.items) item.hidden = typed !== "" && !(item.dataset.name && fits(item.dataset.name, typed));
    for (const heading of this.querySelectorAll(".menu-h")) heading.hidden = typed !== "";
    if (!this.fresh) return;
    const folded = typed.toLocaleLowerCase();
    this.fresh.hidden = typed === "" || this.items.some((item) => item.dataset.name.toLocaleLowerCase() === folded);
    this.fresh.querySelector("[data-typed]").textContent = typed;
  }

  key(event) {
    if (event.key !== "Enter" || event.target !== this.input || event.isComposing) return;
    const first = this.items.find((item) => !item.hidden);
    if (this.fresh && !this.fresh.hidden && this.input.value.trim() !== "" && !first) return; // the form makes it
    event.preventDefault();
    if (this.input.value.trim() !== "") first?.click();
  }
}

customElements.define("cm-filter", Filter);
