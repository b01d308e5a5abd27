// <cm-conversation data-id="42" data-header data-watching data-read data-panel>: keeps an open conversation current.
// News about it refresh the header, the thread's end and who is watching, never the composer. That this person is here is
// said by here.js.
//
// Events heard: live:conversation:<id>, cm-changed, cm-moved, message-written, message-taken-back. Event told:
// cm-opened {id}, where it does not rest beside another.

import { fetchInto, isTyping, tell } from "../web/dom.js";
import { Here } from "./here.js";
import { isPhone, showList } from "./opening.js";

const TYPES_FOR = 6000;
const REARRANGED = /^conversation\.(merged|unmerged|split|unsplit)$/;

class Conversation extends HTMLElement {
  connectedCallback() {
    this.stop = new AbortController();
    const { signal } = this.stop;
    const { id } = this.dataset;
    document.body.addEventListener(`live:conversation:${id}`, (event) => this.hear(event.detail.type), { signal });
    for (const name of ["live:reset", "live:back"]) document.body.addEventListener(name, () => this.hear("again"), { signal });
    this.on("cm-changed", () => this.catchUp());
    this.on("cm-moved", () => this.thread.reload());
    this.on("message-written", () => this.thread.refresh({ isOwn: true }));
    this.on("message-taken-back", () => this.thread.refresh());
    this.here = new Here(this, signal);
    addEventListener("keydown", (event) => this.key(event), { signal });
    setTimeout(() => this.begin());
  }

  disconnectedCallback() {
    this.stop.abort();
    clearTimeout(this.later);
    clearTimeout(this.typing);
  }

  begin() {
    if (!("rests" in this.dataset)) tell(this, "cm-opened", { id: this.dataset.id });
    this.here.begin();
  }

  // An answer's HX-Trigger about this conversation.
  on(name, act) {
    document.addEventListener(name, (event) => String(event.detail.conversation) === this.dataset.id && act(), { signal: this.stop.signal });
  }

  get thread() {
    return this.querySelector("cm-thread");
  }

  get who() {
    return this.querySelector(`[id="watching-${this.dataset.id}"]`);
  }

  get people() {
    return document.querySelector(`#customer[data-conversation="${this.dataset.id}"] #people`);
  }

  hear(type) {
    if (type === "customer_typing") return this.showTyping();
    if (type === "watching") return this.refetch(this.who, this.dataset.watching);
    if (type === "conversation.merged_away") return this.goOn();
    this.heard = [...(this.heard ?? []), type];
    this.later ??= setTimeout(() => this.catchUp(), 150);
  }

  // The page leads to where a merged conversation goes on.
  goOn() {
    this.here.isGone = true;
    setTimeout(() => this.isConnected && location.reload(), 1500);
  }

  catchUp() {
    const types = this.heard ?? [];
    clearTimeout(this.later);
    this.later = this.heard = undefined;
    this.refetch(this.querySelector(".conv-head"), this.dataset.header);
    if (types.some((type) => REARRANGED.test(type))) this.thread.reload();
    else this.thread.refresh();
    if (types.some((type) => type === "message.received" || type === "again" || REARRANGED.test(type))) this.refetch(this.people, this.dataset.panel);
    if (types.some((type) => type === "message.held_back" || type === "again")) tell(document.body, "cm-held-back", { conversation: this.dataset.id });
    if (types.includes("again")) this.refetch(this.who, this.dataset.watching);
  }

  refetch(place, url) {
    if (place) fetchInto(place, url);
  }

  // Said again while it is true, so that it ends by itself.
  showTyping() {
    const line = this.querySelector("[data-customer-types]");
    clearTimeout(this.typing);
    if (!line) return; // in the bin
    line.hidden = false;
    this.typing = setTimeout(() => (line.hidden = true), TYPES_FOR);
  }

  // Escape leads out of the text, and from the conversation to the list.
  key(event) {
    if (event.key !== "Escape" || event.defaultPrevented || "rests" in this.dataset) return;
    if (document.querySelector("dialog[open], [popover]:popover-open")) return;
    const row = document.querySelector(".conv-row[aria-current] .open");
    if (isTyping(event.target)) {
      if (!event.target.closest(".composer")) return;
      event.target.blur();
      if (row?.checkVisibility()) row.focus({ preventScroll: true });
    } else if (isPhone()) showList();
    else row?.focus();
  }
}

customElements.define("cm-conversation", Conversation);
