// <cm-thread class="scroll grow thread" tabindex="-1">…messages…</cm-thread>
// A scrolling thread that opens at its end (or at [data-start], the first unread). What is added scrolls into view only
// when the reader was within 80 px of the end; otherwise a button says so. The text of the button is data-new on what
// was added ("New message from Élodie"), else a general one. From code: toEnd(). Event: cm-end when the end is seen.

import { icon, make, tell } from "./dom.js";
import { gettext } from "./words.js";

const NEAR = 80;

export const isNear = ({ scrollTop, clientHeight, scrollHeight }) => scrollHeight - scrollTop - clientHeight <= NEAR;

class Thread extends HTMLElement {
  connectedCallback() {
    this.wasNear = true;
    const start = this.querySelector("[data-start]");
    if (start) start.scrollIntoView({ block: "start" });
    else this.toEnd();
    document.fonts?.ready.then(() => this.wasNear && !start && this.toEnd());
    this.addEventListener("scroll", () => this.look(), { passive: true });
    this.added = new MutationObserver((changes) => this.grew(changes));
    this.added.observe(this, { childList: true, subtree: true });
    this.grown = new ResizeObserver(() => this.wasNear && this.toEnd());
    [this, ...this.children].forEach((element) => this.grown.observe(element));
  }

  disconnectedCallback() {
    this.added.disconnect();
    this.grown.disconnect();
  }

  toEnd() {
    this.scrollTop = this.scrollHeight;
    this.look();
  }

  look() {
    this.wasNear = isNear(this);
    if (!this.wasNear) return;
    this.jump?.remove();
    this.jump = undefined;
    tell(this, "cm-end");
  }

  grew(changes) {
    const added = changes.flatMap((change) => [...change.addedNodes]).filter((node) => node.nodeType === 1 && node !== this.jump);
    added.filter((node) => node.parentNode === this).forEach((node) => this.grown.observe(node));
    if (added.length === 0) return;
    if (this.wasNear) this.toEnd();
    else this.offer(added.findLast((node) => node.dataset.new || node.querySelector("[data-new]")));
  }

  offer(node) {
    if (!node) return;
    const words = node.dataset.new || node.querySelector("[data-new]").dataset.new || gettext("New message");
    this.jump?.remove();
    this.jump = make("button", { type: "button", class: "btn btn-primary btn-sm jump" }, words, icon("arrow-down", "i-sm"));
    this.jump.addEventListener("click", () => this.toEnd());
    this.append(this.jump);
  }
}

customElements.define("cm-thread", Thread);
