// <cm-conversation data-id="42" data-header data-watching data-read data-panel>: keeps an open conversation current.
// News about it refresh the header, the thread's end and who is watching, never the composer. Says every 4 s that
// this person is here while they do something; a composer tells with cm-writing {isWriting} on itself or above.
//
// Events heard: live:conversation:<id>, cm-changed, cm-moved, message-written, message-taken-back, cm-read-here.

import { csrf, fetchInto, isTyping, tell } from "../web/dom.js";
import { isPhone, showList } from "./opening.js";

const BEAT = 4000;
const TYPES_FOR = 6000;
const AWAKE = 120_000; // ms after the last movement in which somebody still counts as here
const REARRANGED = /^conversation\.(merged|unmerged|split|unsplit)$/;

class Conversation extends HTMLElement {
  connectedCallback() {
    this.stop = new AbortController();
    const { signal } = this.stop;
    const { id } = this.dataset;
    this.active = Date.now();
    document.body.addEventListener(`live:conversation:${id}`, (event) => this.hear(event.detail.type), { signal });
    for (const name of ["live:reset", "live:back"]) document.body.addEventListener(name, () => this.hear("again"), { signal });
    this.on("cm-changed", () => this.catchUp());
    this.on("cm-moved", () => this.thread.reload());
    this.on("message-written", () => this.thread.refresh({ isOwn: true }));
    this.on("message-taken-back", () => this.thread.refresh());
    this.addEventListener("cm-writing", (event) => this.write(event.detail));
    this.addEventListener("cm-read-here", () => this.markRead());
    for (const name of ["pointermove", "keydown", "scroll", "touchstart"]) addEventListener(name, () => (this.active = Date.now()), { signal, passive: true, capture: true });
    document.addEventListener("visibilitychange", () => this.beat(), { signal });
    addEventListener("pagehide", () => this.leave(), { signal });
    addEventListener("keydown", (event) => this.key(event), { signal });
    this.clock = setInterval(() => this.beat(), BEAT);
    setTimeout(() => this.begin());
  }

  disconnectedCallback() {
    this.stop.abort();
    clearInterval(this.clock);
    clearTimeout(this.later);
    clearTimeout(this.typing);
    this.leave();
  }

  begin() {
    tell(this, "cm-opened", { id: this.dataset.id });
    if ("unread" in this.dataset) this.markRead();
    this.beat();
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
    if (type === "conversation.merged_away") return setTimeout(() => this.isConnected && location.assign(`/conversations/${this.dataset.id}`), 1500);
    this.heard = [...(this.heard ?? []), type];
    this.later ??= setTimeout(() => this.catchUp(), 150);
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

  get isHere() {
    return document.visibilityState === "visible" && Date.now() - this.active < AWAKE;
  }

  write({ isWriting, isReply }) {
    this.isWriting = isWriting;
    this.isReply = isReply;
    this.beat();
  }

  // Said again while it is true, so that it ends by itself.
  showTyping() {
    const line = this.querySelector("[data-customer-types]");
    clearTimeout(this.typing);
    if (!line) return; // in the bin
    line.hidden = false;
    this.typing = setTimeout(() => (line.hidden = true), TYPES_FOR);
  }

  beat() {
    if (!this.isHere) return this.leave();
    this.isKnown = true;
    this.send("POST", this.dataset.watching, { writing: this.isWriting ? "1" : "0", reply: this.isReply ? "1" : "0" });
  }

  leave() {
    if (!this.isKnown) return;
    this.isKnown = false;
    this.send("DELETE", this.dataset.watching);
  }

  async markRead() {
    if (document.visibilityState !== "visible") return;
    await this.send("POST", this.dataset.read);
    document.getElementById(`row-${this.dataset.id}`)?.classList.remove("unread");
  }

  send(method, url, values) {
    const headers = { "X-CSRFToken": csrf(), "HX-Request": "true" };
    const body = values ? new URLSearchParams(values) : undefined;
    return fetch(url, { method, headers, body, keepalive: true }).catch(() => {});
  }

  // Escape leads out of the text, and from the conversation to the list.
  key(event) {
    if (event.key !== "Escape" || event.defaultPrevented) return;
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
