// Says of an open conversation that this person is here, and what they have read. No element of its own; made by
// <cm-conversation>, with its data-watching and data-read. Says every 4 s that they are here while they do something; a
// composer tells with cm-writing {isWriting} on itself or above. What nobody can see, such as a column for which there is
// no room, is neither watched nor read until it is shown.
//
// Events heard: cm-writing, cm-read-here. Told: cm-gone, when this person may no longer see it, of which no news comes.

import { csrf, tell } from "../web/dom.js";

const BEAT = 4000;
const AWAKE = 120_000; // ms after the last movement in which somebody still counts as here

export class Here {
  constructor(conversation, signal) {
    this.conversation = conversation;
    this.active = Date.now();
    conversation.addEventListener("cm-writing", (event) => this.write(event.detail), { signal });
    conversation.addEventListener("cm-read-here", () => this.markRead(), { signal });
    for (const name of ["pointermove", "keydown", "scroll", "touchstart"]) addEventListener(name, () => (this.active = Date.now()), { signal, passive: true, capture: true });
    document.addEventListener("visibilitychange", () => this.beat(), { signal });
    addEventListener("pagehide", () => this.leave(), { signal });
    const shown = new IntersectionObserver((found) => found.some((one) => one.isIntersecting) && this.isUnread && this.markRead());
    shown.observe(conversation);
    const clock = setInterval(() => this.beat(), BEAT);
    signal.addEventListener("abort", () => this.end(shown, clock));
  }

  begin() {
    if ("unread" in this.conversation.dataset) this.markRead();
    this.beat();
  }

  end(shown, clock) {
    shown.disconnect();
    clearInterval(clock);
    this.leave();
  }

  get isSeen() {
    return document.visibilityState === "visible" && this.conversation.checkVisibility();
  }

  write({ isWriting, isReply }) {
    this.isWriting = isWriting;
    this.isReply = isReply;
    this.beat();
  }

  async beat() {
    if (this.isGone) return;
    if (!this.isSeen || Date.now() - this.active >= AWAKE) return this.leave();
    this.isKnown = true;
    const answer = await this.send("POST", this.conversation.dataset.watching, { writing: this.isWriting ? "1" : "0", reply: this.isReply ? "1" : "0" });
    if (answer?.status !== 404 || this.isGone) return;
    this.isGone = true;
    tell(this.conversation, "cm-gone");
  }

  leave() {
    if (!this.isKnown) return;
    this.isKnown = false;
    this.send("DELETE", this.conversation.dataset.watching);
  }

  async markRead() {
    this.isUnread = !this.isSeen;
    if (this.isUnread) return;
    await this.send("POST", this.conversation.dataset.read);
    document.getElementById(`row-${this.conversation.dataset.id}`)?.classList.remove("unread");
  }

  send(method, url, values) {
    const headers = { "X-CSRFToken": csrf(), "HX-Request": "true" };
    const body = values ? new URLSearchParams(values) : undefined;
    return fetch(url, { method, headers, body, keepalive: true }).catch(() => {});
  }
}
