// <cm-list data-rows="/inbox/rows?view=mine" data-query="view=mine">: the list of conversations. One tab stop; J K and
// the arrow keys move, X selects. What is new waits behind "3 new" while somebody points at the list, has the focus in
// it or has scrolled it (see waiting.js). Buttons anywhere: data-list="next|previous|pick|clear".

import { interpolate, ngettext } from "../web/words.js";
import { isPhone } from "./opening.js";
import { Waiting } from "./waiting.js";

class List extends HTMLElement {
  connectedCallback() {
    this.stop = new AbortController();
    const { signal } = this.stop;
    this.rows = this.querySelector("#rows");
    this.waiting = new Waiting(this, signal);
    document.addEventListener("click", (event) => this.click(event), { signal });
    document.addEventListener("cm-opened", (event) => this.mark(event.detail.id), { signal });
    document.addEventListener("cm-unread", (event) => this.row(event.detail.conversation)?.classList.add("unread"), { signal });
    document.addEventListener("cm-many", (event) => this.many(event.detail.ids), { signal });
    this.addEventListener("change", (event) => event.target.name === "ids" && this.picked());
    this.rows.addEventListener("keydown", (event) => this.key(event));
    this.rows.addEventListener("focusin", (event) => this.rove(event.target.closest(".conv-row")));
    this.rows.addEventListener("htmx:afterSettle", () => this.rove());
    this.rove();
    this.current?.scrollIntoView({ block: "nearest" });
  }

  disconnectedCallback() {
    this.stop.abort();
  }

  get all() {
    return [...this.rows.querySelectorAll(".conv-row")];
  }

  get current() {
    return this.rows.querySelector(".conv-row[aria-current]");
  }

  get cursor() {
    return document.activeElement?.closest("#rows .conv-row") ?? this.current;
  }

  row(id) {
    return document.getElementById(`row-${id}`);
  }

  // One tab stop: the row at the cursor, else the open one, else the first.
  rove(row = this.cursor ?? this.all[0]) {
    if (!row) return;
    for (const link of this.rows.querySelectorAll(".open[tabindex='0']")) link.tabIndex = -1;
    row.querySelector(".open").tabIndex = 0;
  }

  mark(id) {
    this.current?.removeAttribute("aria-current");
    this.row(id)?.setAttribute("aria-current", "true");
    this.row(id)?.scrollIntoView({ block: "nearest" });
    this.rove(this.row(id) ?? undefined);
    this.waiting.settle();
  }

  key(event) {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by || !event.target.closest(".open")) return;
    event.preventDefault();
    this.go(by);
  }

  click(event) {
    const what = event.target.closest("[data-list]")?.dataset.list;
    if (what === "next") this.go(1);
    if (what === "previous") this.go(-1);
    if (what === "pick") this.pick();
    if (what === "clear") this.clear();
  }

  go(by) {
    const rows = this.all;
    const at = rows.indexOf(this.cursor);
    if (at + by < 0) this.waiting.apply();
    const row = at < 0 ? this.all[0] : (by < 0 && at === 0 ? this.all[0] : rows[at + by]);
    if (!row) return this.rows.querySelector(".rows-more")?.scrollIntoView({ block: "nearest" });
    row.querySelector(".open").focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
    clearTimeout(this.soon);
    // Beside an open conversation the keys lead through the conversations themselves.
    if (document.querySelector("cm-conversation") && !isPhone()) this.soon = setTimeout(() => this.row(row.dataset.id)?.querySelector(".open").click(), 120);
  }

  pick() {
    const box = (this.cursor ?? this.all[0])?.querySelector("[name=ids]");
    if (!box) return;
    box.checked = !box.checked;
    this.picked();
  }

  clear() {
    for (const box of this.rows.querySelectorAll("[name=ids]:checked")) box.checked = false;
    this.picked();
  }

  picked() {
    const count = this.rows.querySelectorAll("[name=ids]:checked").length;
    const bar = this.querySelector(".bulk");
    this.classList.toggle("picking", count > 0);
    if (!bar) return;
    bar.hidden = count === 0;
    bar.querySelector("[data-count]").textContent = interpolate(ngettext("%(n)s selected", "%(n)s selected", count), { n: count });
  }

  many(ids) {
    this.clear();
    ids.forEach((id) => this.waiting.hear(id));
  }
}

customElements.define("cm-list", List);
