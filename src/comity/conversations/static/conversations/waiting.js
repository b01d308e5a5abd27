// What came in while somebody was busy with the list: rows are drawn anew where they stand; what would move others waits
// behind a button, and is put in its place on a click, on K past the top, or when the list is idle for 4 seconds.
//
// What this person does shows at once. What others do comes together in one question, and after a flood of it the list
// rests a while, so that many open pages are no load; a page that nobody sees asks when it is seen again.

import { fetchInto } from "../web/dom.js";
import { rest } from "../web/stream.js";
import { parse } from "./parts.js";
import { interpolate, ngettext } from "../web/words.js";

const IDLE = 4000;
const SOON = 200; // ms in which changes gather
const RECOUNT = 1200;
const MANY = 50; // more changes than that: the first page anew

export class Waiting {
  constructor(list, signal) {
    this.list = list;
    this.scroller = list.querySelector(".rows-scroll");
    this.pill = list.querySelector(".came");
    this.dirty = new Set();
    this.coming = new Map();
    this.touched = 0;
    this.rested = 0; // the moment from which the list asks again
    const body = document.body;
    body.addEventListener("live:conversation", (event) => this.hear(event.detail.subject.split(":")[1], event.detail.type), { signal });
    body.addEventListener("live:read", () => this.recount(), { signal });
    for (const name of ["live:reset", "live:back"]) body.addEventListener(name, () => this.catchUp(), { signal });
    document.addEventListener("visibilitychange", () => this.seen(), { signal });
    document.addEventListener("cm-changed", (event) => this.hear(event.detail.conversation), { signal });
    for (const name of ["pointermove", "keydown", "scroll"]) this.scroller.addEventListener(name, () => (this.touched = Date.now()), { signal, passive: true });
    this.pill.addEventListener("click", () => this.apply(true));
    const clock = setInterval(() => this.isIdle && this.apply(), 1000);
    signal.addEventListener("abort", () => clearInterval(clock));
  }

  get isBusy() {
    return this.scroller.matches(":hover") || this.scroller.contains(document.activeElement) || this.scroller.scrollTop > 4;
  }

  get isIdle() {
    return !this.scroller.matches(":hover") && Date.now() - this.touched > IDLE;
  }

  // Without a type it is this person's own doing.
  hear(id, type = "") {
    if (!id || type === "customer_typing") return; // rows do not show it
    this.dirty.add(String(id));
    if (!type) clearTimeout(this.soon);
    this.soon = (type && this.soon) || setTimeout(() => this.fetchAll(), this.wait(SOON, type));
    if (type !== "watching") this.recount(type);
  }

  wait(least, type) {
    return type ? Math.max(least, this.rested - Date.now()) : least;
  }

  recount(type = "") {
    const views = document.getElementById("views");
    if (!type) clearTimeout(this.counts);
    this.counts = (type && this.counts) || setTimeout(() => {
      this.counts = undefined;
      this.isOld = document.hidden;
      if (views?.isConnected && !this.isOld) fetchInto("#views", views.dataset.url);
    }, this.wait(RECOUNT, type));
  }

  // What came in while nobody saw the page.
  seen() {
    if (document.hidden) return;
    if (this.dirty.size) this.fetchAll();
    if (this.isOld) this.recount();
  }

  async fetchAll() {
    clearTimeout(this.soon);
    this.soon = undefined;
    if (document.hidden) return;
    const ids = [...this.dirty];
    const began = Date.now();
    this.dirty.clear();
    await (ids.length > MANY ? this.catchUp() : this.fetchSome(ids)).catch(() => {});
    this.rested = Date.now() + rest(ids.length, Date.now() - began);
  }

  // One answer for all; whatever is not in it does not stand in this list (any more).
  async fetchSome(ids) {
    const answer = await this.ask(`${this.list.dataset.rows}&ids=${ids.join(",")}`);
    if (!answer.ok) return;
    const rows = new Map([...parse(await answer.text()).querySelectorAll(".conv-row")].map((row) => [row.dataset.id, row]));
    for (const id of ids) rows.has(id) ? this.show(rows.get(id)) : this.away(id);
    this.settle();
  }

  // After too much was missed: the first page as it is now.
  async catchUp() {
    this.recount("reset");
    const answer = await this.ask(this.list.dataset.rows).catch(() => null);
    if (!answer?.ok) return;
    const fresh = [...parse(await answer.text()).querySelectorAll(".conv-row")];
    const ids = new Set(fresh.map((row) => row.dataset.id));
    const oldest = Math.min(...fresh.map((row) => Number(row.dataset.at)));
    for (const row of this.list.all) if (!ids.has(row.dataset.id) && !(Number(row.dataset.at) < oldest)) this.away(row.dataset.id);
    fresh.forEach((row) => this.show(row));
    this.settle();
  }

  ask(url) {
    return fetch(url, { headers: { "HX-Request": "true" } });
  }

  away(id) {
    this.coming.delete(id);
    this.list.row(id)?.classList.add("is-away");
  }

  show(row) {
    if (!row) return;
    const old = this.list.row(row.dataset.id);
    const first = this.list.all.find((each) => each !== old);
    const moves = old ? first && Number(row.dataset.at) > Number(old.dataset.at) && this.list.all[0] !== old : true;
    if (old) this.redraw(old, row);
    if (moves) this.coming.set(row.dataset.id, old ? null : row);
  }

  redraw(old, row) {
    const hadFocus = old.contains(document.activeElement);
    const isPicked = old.querySelector("[name=ids]")?.checked;
    if (old.hasAttribute("aria-current")) row.setAttribute("aria-current", "true");
    const isOpen = Boolean(document.querySelector(`cm-conversation[data-id="${row.dataset.id}"]`)?.checkVisibility());
    if (isOpen && document.visibilityState === "visible") row.classList.remove("unread");
    row.querySelector(".open").tabIndex = old.querySelector(".open").tabIndex; // the list keeps its one tab stop
    old.replaceWith(row);
    htmx.process(row);
    if (isPicked) row.querySelector("[name=ids]").checked = true;
    if (hadFocus) row.querySelector(".open").focus({ preventScroll: true });
  }

  settle() {
    const fresh = this.coming.size;
    const isGone = this.list.all.some((row) => row.matches(".is-away:not([aria-current])"));
    if (!this.isBusy && (fresh || isGone)) return this.apply();
    this.pill.hidden = fresh === 0;
    if (fresh) this.pill.querySelector("[data-came]").textContent = interpolate(ngettext("%(n)s new", "%(n)s new", fresh), { n: fresh });
    return undefined;
  }

  apply(toTop = false) {
    const before = this.scroller.scrollHeight;
    const focused = document.activeElement;
    for (const row of this.list.all) if (row.matches(".is-away:not([aria-current])")) row.remove();
    for (const [id, fresh] of this.coming) this.put(fresh ?? this.list.row(id));
    this.coming.clear();
    this.pill.hidden = true;
    if (this.list.all.length) this.list.rows.querySelector("[data-empty]")?.remove();
    if (toTop) this.scroller.scrollTo({ top: 0 });
    else if (this.scroller.scrollTop > 4) this.scroller.scrollTop += this.scroller.scrollHeight - before;
    if (focused !== document.activeElement && focused?.isConnected) focused.focus({ preventScroll: true });
    this.list.rove();
  }

  put(row) {
    if (!row) return;
    const below = this.list.all.find((each) => each !== row && Number(each.dataset.at) <= Number(row.dataset.at));
    const wasNew = !row.isConnected;
    const more = this.list.rows.querySelector(".rows-more");
    if (!below && more) return; // it stands further down, where nobody has looked yet
    if (below) below.before(row);
    else this.list.rows.append(row);
    if (wasNew) htmx.process(row);
    row.classList.add("fresh");
    row.addEventListener("animationend", () => row.classList.remove("fresh"), { once: true });
  }
}
