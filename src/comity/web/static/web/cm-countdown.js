// <span class="sla warn"><cm-countdown until="2026-03-01T09:30:00Z" from="2026-03-01T08:30:00Z">6:12</cm-countdown></span>
// Counts down to a moment of the server's; the ring of the .sla around it follows. Past it: "+4:12" and .bad.
// Event: cm-due, once, when the moment passes while the page is open.

import { tell } from "./dom.js";
import { interpolate, gettext } from "./words.js";

const shown = new Set();
let clock;

export function left(ms) {
  const seconds = Math.abs(Math.round(ms / 1000));
  const sign = ms < 0 ? "+" : "";
  const pair = (n) => String(n).padStart(2, "0");
  const [days, hours, minutes] = [Math.floor(seconds / 86400), Math.floor(seconds / 3600), Math.floor(seconds / 60)];
  if (days) return sign + interpolate(gettext("%(d)sd %(h)sh"), { d: days, h: hours % 24 });
  if (hours) return sign + interpolate(gettext("%(h)sh %(m)sm"), { h: hours, m: pair(minutes % 60) });
  if (minutes) return `${sign}${minutes}:${pair(seconds % 60)}`;
  return sign + interpolate(gettext("%(s)ss"), { s: seconds });
}

// How much of the ring is still full, 0 to 100.
export function share(from, until, now) {
  return until <= from ? 0 : Math.max(0, Math.min(100, (100 * (until - now)) / (until - from)));
}

class Countdown extends HTMLElement {
  connectedCallback() {
    this.until = Date.parse(this.getAttribute("until"));
    this.from = Date.parse(this.getAttribute("from")) || Date.now();
    if (Number.isNaN(this.until)) return;
    this.tick();
    shown.add(this);
    clock ??= setInterval(() => shown.forEach((each) => each.tick()), 1000);
  }

  disconnectedCallback() {
    shown.delete(this);
    if (shown.size === 0) clock = clearInterval(clock);
  }

  tick() {
    const now = Date.now();
    const ring = this.closest(".sla");
    const text = left(this.until - now);
    if (this.textContent !== text) this.textContent = text;
    ring?.style.setProperty("--p", share(this.from, this.until, now));
    if (now < this.until || this.isDue) return;
    this.isDue = true;
    ring?.classList.replace("warn", "bad") || ring?.classList.add("bad");
    tell(this, "cm-due");
  }
}

customElements.define("cm-countdown", Countdown);
