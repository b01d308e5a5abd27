// <cm-ago datetime="2026-03-01T09:30:00Z" title="1 March 2026, 09:30">09:30</cm-ago>
// Says shortly how long ago (now, 5m, 3h, Tue, 4 Mar) in the reader's language, and stays right while the page is
// open. Without JavaScript the server's text remains; the exact moment is in the title.

import { gettext, language } from "./words.js";

const MINUTE = 60_000, HOUR = 60 * MINUTE, DAY = 24 * HOUR;
const shown = new Set();
let clock;

export function ago(then, now, locale) {
  const past = now - then;
  const unit = (name, value) => new Intl.NumberFormat(locale, { style: "unit", unit: name, unitDisplay: "narrow" }).format(value);
  if (Math.abs(past) < MINUTE) return gettext("now");
  if (past > 0 && past < HOUR) return unit("minute", Math.floor(past / MINUTE));
  if (past > 0 && past < DAY) return unit("hour", Math.floor(past / HOUR));
  const date = (options) => new Intl.DateTimeFormat(locale, options).format(then);
  if (past > 0 && past < 6 * DAY) return date({ weekday: "short" });
  if (then.getFullYear() === now.getFullYear()) return date({ day: "numeric", month: "short" });
  return date({ day: "numeric", month: "short", year: "numeric" });
}

class Ago extends HTMLElement {
  connectedCallback() {
    this.then = new Date(this.getAttribute("datetime"));
    if (Number.isNaN(this.then.getTime())) return;
    this.tick();
    shown.add(this);
    clock ??= setInterval(() => shown.forEach((each) => each.tick()), MINUTE / 2);
  }

  disconnectedCallback() {
    shown.delete(this);
    if (shown.size === 0) clock = clearInterval(clock);
  }

  tick() {
    const text = ago(this.then, new Date(), language());
    if (this.textContent !== text) this.textContent = text;
  }
}

customElements.define("cm-ago", Ago);
