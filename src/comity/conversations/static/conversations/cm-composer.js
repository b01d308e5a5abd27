// <form class="composer" id="composer-7">… <cm-composer conversation="7" refresh="/conversations/7/composer/reply"></cm-composer></form>
// Says that somebody writes here (cm-writing {isWriting}, for <cm-conversation>), and stops saying so five seconds after
// the last key. When the draft was changed in another window, shows both ways on: keep this text, or take the other.
// The form gets .is-roomy while the focus is in it. R and N lead into the text, and so do taking a message back and sending in a
// chat; see typed.js. A reply that was held back (cm-held-back {conversation} on <body>) comes into an empty composer, also into one
// that was on its way just then. Where the editor tells cm-enter, that sends.
// Attributes: conversation, whose it is, as there may be several on a page; refresh, the address of the composer; reply,
// where the customer may know that somebody writes.

import { fetchInto, isTyping, make, tell } from "../web/dom.js";
import { gettext } from "../web/words.js";
import { expect, typedFor } from "./typed.js";

const RESTS_AFTER = 5000;
const STAYS_NEW = 30_000; // what was held back, for a composer that a slow server was asked for before

const heldBackAt = new Map(); // when something of a conversation was held back that no composer has shown yet

addEventListener("cm-held-back", ({ detail }) => heldBackAt.set(detail.conversation, Date.now()), { capture: true });

class Composer extends HTMLElement {
  connectedCallback() {
    this.form = this.closest("form");
    this.stop = new AbortController();
    const { signal } = this.stop;
    this.form.addEventListener("input", () => this.writes(), { signal });
    this.form.addEventListener("cm-change", () => this.writes(), { signal });
    this.form.addEventListener("submit", () => this.sends(), { signal });
    this.form.addEventListener("htmx:afterRequest", () => this.arrive(), { signal });
    this.form.addEventListener("click", (event) => this.turn(event.target.closest(".to [aria-pressed]")), { signal });
    this.form.addEventListener("cm-ready", () => this.arrive(), { signal });
    this.form.addEventListener("cm-enter", () => this.isEmpty || this.form.querySelector("[data-send]").click(), { signal });
    this.form.addEventListener("cm-save-failed", ({ detail }) => detail.status === 409 && this.conflict(detail.answer), { signal });
    this.form.addEventListener("focusin", () => this.fit(), { signal });
    this.form.addEventListener("focusout", () => setTimeout(() => this.fit()), { signal });
    document.addEventListener("pointerdown", () => (this.isPressed = true), { signal, capture: true });
    for (const name of ["pointerup", "pointercancel"]) document.addEventListener(name, () => this.released(), { signal, capture: true });
    document.body.addEventListener("cm-held-back", ({ detail }) => detail.conversation === this.of && this.isEmpty && this.refresh(), { signal });
    this.closest("cm-conversation")?.addEventListener("cm-read-here", ({ detail }) => this.read(detail), { signal });
    this.fit();
    if (Date.now() - (heldBackAt.get(this.of) ?? -Infinity) < STAYS_NEW) setTimeout(() => this.isConnected && this.isEmpty && this.refresh());
  }

  disconnectedCallback() {
    this.rests();
    this.stop.abort();
  }

  get of() {
    return this.getAttribute("conversation");
  }

  get editor() {
    return this.form.querySelector("cm-editor");
  }

  get isEmpty() {
    return this.form.elements.html.value.replace(/<[^>]*>/g, "").trim() === "" && this.form.elements.version.value === "";
  }

  refresh() {
    heldBackAt.delete(this.of);
    fetchInto(this.form, this.getAttribute("refresh"), { source: this, swap: "outerHTML" });
  }

  turn(button) {
    if (!button) return;
    if (button.ariaPressed === "true") return this.editor.focus();
    expect(this.of);
  }

  arrive() {
    const words = typedFor(this.of);
    if (words === null) return;
    const elsewhere = isTyping(document.activeElement) && document.activeElement;
    if (words) this.editor.insert({ type: "text", text: words });
    (elsewhere || this.editor).focus();
  }

  // In a chat, what stands on the screen is what one answers.
  read({ newest, isTheirs }) {
    if (isTheirs && this.isLive && document.visibilityState === "visible" && this.form.checkVisibility()) this.form.elements.seen.value = newest;
  }

  get isLive() {
    return this.editor.hasAttribute("enter-sends");
  }

  // In a chat one goes on writing at once, in the composer that the answer brings; or in this one, when it was refused.
  sends() {
    this.rests();
    if (!this.isLive || !this.form.contains(document.activeElement)) return;
    document.activeElement.blur();
    expect(this.of, { follows: true });
  }

  // Not under a press: what is pressed would move away, and the click be lost.
  fit() {
    if (!this.isPressed) this.form.classList.toggle("is-roomy", this.form.contains(document.activeElement));
  }

  released() {
    this.isPressed = false;
    setTimeout(() => this.fit());
  }

  writes() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.rests(), RESTS_AFTER);
    this.say(true);
  }

  rests() {
    clearTimeout(this.timer);
    this.say(false);
  }

  say(isWriting) {
    if (this.isWriting === isWriting) return;
    this.isWriting = isWriting;
    const to = this.isConnected ? this : document.querySelector(`cm-conversation[data-id="${this.of}"]`);
    if (to) tell(to, "cm-writing", { isWriting, isReply: this.hasAttribute("reply") });
  }

  conflict(answer) {
    const keep = make("button", { type: "button", class: "btn btn-sm" }, gettext("Go on with this text"));
    const other = make("button", { type: "button", class: "btn btn-sm" }, gettext("Take the other text"));
    keep.addEventListener("click", () => this.keep(answer.version));
    other.addEventListener("click", () => this.refresh());
    const words = make("span", { class: "grow" }, answer.message);
    this.replaceChildren(make("div", { class: "banner warn", role: "alert" }, words, keep, other));
  }

  // Saves this window's text over the other one, now that its writer has seen that there is one.
  keep(version) {
    this.replaceChildren();
    this.form.elements.version.value = version;
    const autosave = this.form.querySelector("cm-autosave");
    autosave.isStopped = false;
    autosave.save();
  }
}

customElements.define("cm-composer", Composer);
