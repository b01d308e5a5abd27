// <cm-quick-replies id="r" most="6"><label>…</label><input maxlength="80"><input type="hidden" name="replies"><span role="status"></span></cm-quick-replies>
// Short answers that the customer may press beneath a message: each becomes a chip. Enter makes one, and in the empty field
// leads back to the text; Backspace in the empty field takes the last one out; a list pasted in becomes many. A button with
// data-replies in the form shows and hides them. What is sent is the hidden field, with one on each line.
// Attribute: most, how many there may be. Event: cm-change {values}.

import { icon, make, tell } from "../web/dom.js";
import { gettext, interpolate } from "../web/words.js";

class QuickReplies extends HTMLElement {
  connectedCallback() {
    this.form = this.closest("form");
    [this.field, this.kept] = this.querySelectorAll("input");
    this.said = this.querySelector("[role=status]");
    this.button = this.form.querySelector("[data-replies]");
    this.values = lines(this.kept.value);
    this.stop = new AbortController();
    const { signal } = this.stop;
    this.button.addEventListener("click", () => this.turn(), { signal });
    this.field.addEventListener("keydown", (event) => this.key(event), { signal });
    this.field.addEventListener("paste", (event) => this.paste(event), { signal });
    this.field.addEventListener("blur", () => document.hasFocus() && this.commit(), { signal });
    this.form.addEventListener("submit", (event) => this.commit() || refuse(event), { signal, capture: true });
    this.draw();
  }

  disconnectedCallback() {
    this.stop.abort();
  }

  turn() {
    const goes = !this.hidden && !this.values.length && !this.field.value.trim();
    this.show(!goes);
    if (goes) this.leave();
    else this.field.focus();
  }

  show(isShown) {
    this.hidden = !isShown;
    this.button.setAttribute("aria-expanded", String(isShown));
  }

  leave() {
    this.form.querySelector("cm-editor").focus();
  }

  key(event) {
    const { key } = event;
    if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey) return;
    if (key === "Enter") {
      event.preventDefault();
      if (this.field.value.trim()) this.commit();
      else this.leave();
    } else if (key === "Backspace" && !event.repeat && !this.field.value && this.values.length) this.remove_(this.values.length - 1);
    else if (key === "Escape") this.escape(event);
  }

  escape(event) {
    event.stopPropagation();
    this.field.value = "";
    this.say("");
    if (!this.values.length) this.show(false);
    this.leave();
  }

  paste(event) {
    const texts = lines(event.clipboardData.getData("text"));
    if (texts.length < 2) return;
    event.preventDefault();
    for (const text of texts) if (!this.add(text.slice(0, this.field.maxLength))) break;
  }

  // Takes over what is typed; false when it can't be.
  commit() {
    const text = this.field.value.trim();
    if (!text) return true;
    if (!this.add(text)) return false;
    this.field.value = "";
    return true;
  }

  add(text) {
    const most = Number(this.getAttribute("most"));
    if (this.values.some((value) => value.toLowerCase() === text.toLowerCase())) {
      this.say(interpolate(gettext("“%(value)s” is offered already."), { value: text }));
      return true;
    }
    if (this.values.length >= most) {
      this.say(interpolate(gettext("No more than %(most)s quick replies."), { most }));
      return false;
    }
    this.values.push(text);
    this.changed();
    return true;
  }

  remove_(at) {
    this.values.splice(at, 1);
    this.changed();
    this.field.focus();
  }

  changed() {
    this.say("");
    this.draw();
    tell(this, "cm-change", { values: this.values });
  }

  say(words) {
    this.said.textContent = words;
  }

  draw() {
    this.querySelectorAll(".chip").forEach((chip) => chip.remove());
    this.field.before(...this.values.map((value, at) => this.chip(value, at)));
    this.kept.value = this.values.join("\n");
  }

  chip(value, at) {
    const cross = make("button", { type: "button", "aria-label": interpolate(gettext("Remove %(value)s"), { value }) }, icon("x"));
    cross.addEventListener("click", () => this.remove_(at));
    return make("span", { class: "chip", title: value }, make("bdi", { class: "clip" }, value), cross);
  }
}

const lines = (text) => text.split(/[\r\n]+/).map((line) => line.trim()).filter(Boolean);

function refuse(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
}

customElements.define("cm-quick-replies", QuickReplies);
