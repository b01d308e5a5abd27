// What came in while somebody was busy with the list: rows are drawn anew where they stand; what would move others waits
// behind a button, and is put in its place on a click, on K past the top, or when the list is idle for 4 seconds.

import { parse } from "./parts.js";
import { interpolate, ngettext } from "../web/words.js";

const IDLE = 4000;
const MANY = 12;

export class Waiting {
  constructor(list, signal) {
    this.list = list;
    this.scroller = list.querySelector(".rows-scroll");
    this.pill = list.querySelector(".came");
    this.dirty = new Set();
    this.coming = new Map();
    this.touched = 0;
    const body = document.body;
    body.addEventListener("live:conversation", (event) => this.hear(event.detail.subject.split(":")[1], event.detail.type), { signal });
    body.addEventListener("live:read", () => this.recount(), { signal });
    for (const name of ["live:reset", "live:back"]) body.addEventListener(name, () => this.catchUp(), { signal });
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

  hear(id, type = "") {
    if (!id) return;
    this.dirty.add(String(id));
    this.soon ??= setTimeout(() => this.fetchAll(), 200);
    if (type !== "watching") this.recount();
  }

  recount() {
    const views = document.getElementById("views");
    this.counts ??= setTimeout(() => {
      this.counts = undefined;
      if (views?.isConnected) htmx.ajax("GET", views.dataset.url, { target: "#views", swap: "morph:outerHTML" });
    }, 1200);
  }

  async fetchAll() {
    this.soon = undefined;
    const ids = [...this.dirty];
    this.dirty.clear();
    if (ids.length > MANY) return this.catchUp();
    await Promise.all(ids.map((id) => this.fetchOne(id).catch(() => {})));
    this.settle();
  }

  async fetchOne(id) {
    const answer = await this.ask(`/conversations/${id}/row?${this.list.dataset.query}`);
    if (answer.status === 204 || answer.status === 404) return this.away(id);
    if (answer.ok) this.show(parse(await answer.text()).querySelector(".conv-row"));
  }

  // After too much was missed: the first page as it is now.
  async catchUp() {
    this.recount();
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
    const isOpen = document.querySelector("cm-conversation")?.dataset.id === row.dataset.id;
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
