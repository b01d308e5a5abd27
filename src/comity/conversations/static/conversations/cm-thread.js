// <cm-thread data-url="/conversations/42/thread" data-newest="17">blocks</cm-thread>: the scroll of a conversation.
// Appends what is new and never moves what somebody reads: within 80 px of the end it follows, otherwise the button
// [data-jump] beside it says who wrote. Earlier messages come as one scrolls up. Methods: refresh(), reload().
// Event told: cm-read-here {newest, isTheirs}, when a new message of a customer is on the screen; isTheirs where nobody
// of ours wrote anything since this person did.

import { isThere, part, parse } from "./parts.js";
import { asShown, forget, prepend, restate } from "./pieces.js";
import { tell } from "../web/dom.js";
import { gettext, interpolate } from "../web/words.js";

const NEAR = 80;

class Thread extends HTMLElement {
  connectedCallback() {
    this.button = this.parentElement.querySelector("[data-jump]");
    this.button?.addEventListener("click", () => this.keep("end"));
    this.addEventListener("scroll", () => this.scrolled(), { passive: true });
    for (const name of ["wheel", "touchmove", "keydown", "pointerdown"]) this.addEventListener(name, () => (this.kept = ""), { passive: true });
    this.sees = new IntersectionObserver((found) => found.some((one) => one.isIntersecting) && this.earlier(), { root: this, rootMargin: "600px 0px 0px" });
    this.grows = new ResizeObserver((sizes) => this.grown(sizes));
    this.begin();
  }

  disconnectedCallback() {
    this.sees.disconnect();
    this.grows.disconnect();
  }

  begin() {
    this.keep("start");
    this.watch();
    document.fonts?.ready.then(() => this.place());
  }

  // Stays at the start of what is unread, or at the end, while things load, until the reader moves.
  keep(place) {
    this.kept = place;
    this.place();
  }

  watch() {
    this.grows.disconnect();
    this.grows.observe(this);
    for (const child of this.children) this.grows.observe(child);
    const mark = this.querySelector(":scope > .earlier");
    if (mark) this.sees.observe(mark);
  }

  // Later, the end is kept only when the composer takes or gives room.
  grown(sizes) {
    if (this.kept) this.place();
    else if (this.isAtEnd && sizes.some((size) => size.target === this)) this.toEnd();
  }

  place() {
    if (!this.kept) return;
    const unread = this.kept === "start" && this.querySelector("[data-first-unread]");
    if (!unread) return this.toEnd();
    const above = unread.getBoundingClientRect().top - this.getBoundingClientRect().top - 48;
    this.scrollTop += above;
  }

  toEnd() {
    this.scrollTop = this.scrollHeight;
    if (this.button) this.button.hidden = true;
  }

  get isNearEnd() {
    return this.scrollHeight - this.scrollTop - this.clientHeight < NEAR;
  }

  scrolled() {
    this.isAtEnd = this.isNearEnd;
    if (!this.isNearEnd || !this.button || this.button.hidden) return;
    this.button.hidden = true;
    tell(this, "cm-read-here", { newest: this.dataset.newest, isTheirs: !this.isMixed });
  }

  async refresh({ isOwn = false } = {}) {
    this.isOwn ||= isOwn;
    if (this.isBusy) return (this.isAgain = true);
    this.isBusy = true;
    do {
      this.isAgain = false;
      await this.fetchTail().catch(() => {});
    } while (this.isAgain && this.isConnected);
    this.isBusy = false;
  }

  async fetchTail() {
    const shown = [...this.querySelectorAll("[data-message]")].map(asShown).slice(-400).join(",");
    const answer = await fetch(`${this.dataset.url}?${new URLSearchParams({ after: this.dataset.newest, shown })}`, { headers: { "HX-Request": "true" } });
    if (!answer.ok || !this.isConnected) return;
    const page = parse(await answer.text());
    const wasNear = this.isNearEnd;
    for (const id of (part(page, "gone")?.dataset.ids ?? "").split(" ").filter(Boolean)) forget(this, id);
    for (const state of [...(part(page, "states")?.content.children ?? [])]) restate(this, state);
    this.add(part(page, "new"), wasNear);
  }

  add(template, wasNear) {
    if (!template) return;
    this.dataset.newest = template.dataset.newest;
    for (const each of [...template.content.querySelectorAll("[data-message]")]) if (isThere(this, each)) each.remove();
    const said = [...template.content.querySelectorAll("[data-direction]")];
    this.isMixed = !this.isOwn && (this.isMixed || said.some((one) => one.dataset.direction !== "inbound"));
    const blocks = [...template.content.children].filter((block) => block.matches(".day") || block.querySelector("[data-message]"));
    if (!blocks.some((block) => !block.matches(".day"))) return;
    this.append(...blocks);
    blocks.forEach((block) => htmx.process(block));
    this.watch();
    if (wasNear || this.isOwn) this.keep("end");
    else if (said.length) this.announce(said.at(-1));
    this.isOwn = false;
    if (said.some((one) => one.dataset.direction === "inbound") && wasNear) tell(this, "cm-read-here", { newest: this.dataset.newest, isTheirs: !this.isMixed });
  }

  announce(message) {
    if (!this.button) return;
    const name = message.querySelector(".from-in b, .note-h b, .bub-meta bdi")?.textContent.trim() || this.dataset.someone;
    this.button.textContent = interpolate(gettext("New message from %(name)s ↓"), { name });
    this.button.hidden = false;
  }

  async earlier() {
    const mark = this.querySelector(":scope > .earlier");
    if (!mark || this.isFetching) return;
    this.isFetching = true;
    const answer = await fetch(`${this.dataset.url}?before=${mark.dataset.earlier}`, { headers: { "HX-Request": "true" } }).catch(() => null);
    this.isFetching = false;
    if (!answer?.ok || !this.isConnected) return;
    this.kept = "";
    prepend(this, mark, parse(await answer.text()));
    this.watch();
  }

  async reload() {
    const answer = await fetch(this.dataset.url, { headers: { "HX-Request": "true" } });
    if (!answer.ok) return;
    const page = parse(await answer.text());
    this.replaceChildren(...page.children);
    [...this.children].forEach((block) => htmx.process(block));
    const ids = [...this.querySelectorAll("[data-message]")].map((each) => Number(each.dataset.message));
    this.dataset.newest = String(Math.max(0, ...ids));
    this.begin();
  }
}

customElements.define("cm-thread", Thread);
