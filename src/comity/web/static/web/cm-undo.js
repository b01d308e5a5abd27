// <cm-undo class="toast" until="2026-03-01T09:30:10Z"><span class="ring" data-left>10</span> Sending…
//   <button hx-delete="/messages/7/sending" data-key="Ctrl+z">Undo</button></cm-undo>
// Shows how long something can still be undone, and leaves when it can't any more. The button does the undoing
// itself; a click on it takes the toast away. Attribute instead of until: seconds. Event: cm-undo-over.

import { tell } from "./dom.js";

class Undo extends HTMLElement {
  connectedCallback() {
    const until = Date.parse(this.getAttribute("until"));
    const seconds = Number(this.getAttribute("seconds")) || 10;
    this.until = Number.isNaN(until) ? Date.now() + seconds * 1000 : until;
    this.addEventListener("htmx:afterRequest", (event) => event.detail.successful && this.remove());
    this.tick();
    this.clock = setInterval(() => this.tick(), 250);
  }

  disconnectedCallback() {
    clearInterval(this.clock);
  }

  tick() {
    const left = Math.ceil((this.until - Date.now()) / 1000);
    const out = this.querySelector("[data-left]");
    if (out) out.textContent = String(Math.max(0, left));
    if (left > 0) return;
    tell(this, "cm-undo-over");
    this.remove();
  }
}

customElements.define("cm-undo", Undo);
