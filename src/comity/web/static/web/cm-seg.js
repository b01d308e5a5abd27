// <cm-seg class="seg"><button aria-pressed="true" value="day">Day</button>…</cm-seg>
// <cm-seg class="tabs" role="tablist"><button role="tab" aria-selected="true" aria-controls="one">…</button>…</cm-seg>
// One of several: arrow keys move, one tab stop, and tabs show their panel. Event: cm-pick {value}.

import { tell } from "./dom.js";

// The next place for a key, or -1; in a right-to-left page the arrows turn round.
export function step(key, at, count, isRtl) {
  const by = { ArrowRight: isRtl ? -1 : 1, ArrowLeft: isRtl ? 1 : -1, ArrowDown: 1, ArrowUp: -1 }[key];
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  return by ? (at + by + count) % count : -1;
}

class Seg extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button) this.pick(button);
    });
    this.addEventListener("keydown", (event) => this.move(event));
    this.rove();
  }

  get buttons() {
    return [...this.querySelectorAll("button")];
  }

  get attribute() {
    return this.getAttribute("role") === "tablist" ? "aria-selected" : "aria-pressed";
  }

  move(event) {
    const buttons = this.buttons;
    const at = buttons.indexOf(document.activeElement);
    const next = at < 0 ? -1 : step(event.key, at, buttons.length, getComputedStyle(this).direction === "rtl");
    if (next < 0) return;
    event.preventDefault();
    buttons[next].focus();
    buttons[next].click();
  }

  pick(chosen) {
    for (const button of this.buttons) {
      button.setAttribute(this.attribute, String(button === chosen));
      const panel = document.getElementById(button.getAttribute("aria-controls") ?? "");
      if (panel) panel.hidden = button !== chosen;
    }
    this.rove();
    tell(this, "cm-pick", { value: chosen.value });
  }

  rove() {
    const buttons = this.buttons;
    const chosen = buttons.find((button) => button.getAttribute(this.attribute) === "true") ?? buttons[0];
    buttons.forEach((button) => (button.tabIndex = button === chosen ? 0 : -1));
  }
}

customElements.define("cm-seg", Seg);
