// <cm-toast class="toast good|bad|warn|info">…<button data-close></button></cm-toast>, within #toasts
// A passing word: leaves after six seconds (twelve when something went wrong), not while it is pointed at or
// focused. From code: toast("Saved"), toast("Not sent", { tone: "bad" }).

import { icon, make } from "./dom.js";
import { gettext } from "./words.js";

export function toast(text, { tone = "good" } = {}) {
  const close = make("button", { type: "button", class: "toast-x", "data-close": true, "aria-label": gettext("Close") }, icon("x", "i-sm"));
  const glyph = icon({ bad: "circle-alert", warn: "triangle-alert", info: "info" }[tone] ?? "check");
  const role = tone === "bad" ? "alert" : "status";
  const element = make("cm-toast", { class: `toast ${tone}`, role }, glyph, make("span", { class: "grow" }, text), close);
  document.getElementById("toasts")?.append(element);
  return element;
}

class Toast extends HTMLElement {
  connectedCallback() {
    const isBad = this.matches(".bad, .error");
    this.stay = isBad ? 12_000 : 6_000;
    for (const name of ["pointerenter", "focusin"]) this.addEventListener(name, () => clearTimeout(this.timer));
    for (const name of ["pointerleave", "focusout"]) this.addEventListener(name, () => this.wait());
    this.addEventListener("click", (event) => event.target.closest("[data-close]") && this.leave());
    this.wait();
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
  }

  wait() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.leave(), this.stay);
  }

  leave() {
    this.classList.add("leaving");
    setTimeout(() => this.remove(), 200);
  }
}

customElements.define("cm-toast", Toast);
