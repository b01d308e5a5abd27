// Where the visitor writes: text, emoji, files by button, drop and paste. What is typed is kept on this device until it is sent.

import { icon, iconButton, make } from "./dom.js";
import { emojiGrid } from "./emoji.js";
import { Files } from "./files.js";

const NEAR = 100; // signs before the limit, from where the rest is counted

export class Composer {
  // `by` is {t, language, session, store, can, send({text, attachments}), typed()}.
  constructor(by) {
    this.by = by;
    const { t, can } = by;
    this.files = new Files({ ...by, limit: can.attachment_bytes, changed: () => this.changed() });
    this.text = make("textarea", { rows: "1", placeholder: t("write.hint"), "aria-label": t("write.label"), dir: "auto", enterkeyhint: "send", oninput: () => this.input(), onkeydown: (event) => this.key(event), onpaste: (event) => this.paste(event) });
    this.picker = make("input", { type: "file", multiple: true, hidden: true, tabindex: "-1", "aria-hidden": "true", onchange: () => this.pick() });
    this.smile = can.emoji !== false && iconButton("smile", t("write.emoji"), () => this.toggleEmoji(), { "aria-expanded": "false" });
    this.clip = can.attachments && iconButton("paperclip", t("write.attach"), () => this.picker.click());
    this.go = make("button", { type: "submit", class: "send", "aria-label": t("write.send"), title: t("write.send") }, icon("arrow-up"));
    this.left = make("div", { class: "count-left", hidden: true, role: "status" });
    this.wrong = make("div", { class: "banner", role: "alert", hidden: true });
    const field = make("form", { class: "write", onsubmit: (event) => this.submit(event) }, this.text, this.picker, this.clip, this.smile, this.go);
    this.element = make("div", { class: "writing" }, this.wrong, this.files.element, this.left, field);
  }

  // Shows what was typed at this place before.
  at(name) {
    this.keep();
    this.name = `draft:${name}`;
    this.text.value = this.by.store.get(this.name) ?? "";
    this.files.clear();
    this.say("");
    this.changed();
  }

  // A new conversation got its number: the draft goes along.
  rename(name) {
    this.by.store.set(this.name, null);
    this.name = `draft:${name}`;
    this.keep();
  }

  keep() {
    if (this.name) this.by.store.set(this.name, this.text.value || null);
  }

  // Another tab may have typed here meanwhile.
  refresh() {
    if (this.name) this.text.value = this.by.store.get(this.name) ?? "";
    this.changed();
  }

  focus() {
    this.text.focus({ preventScroll: true });
  }

  input() {
    this.keep();
    this.changed();
    if (this.text.value.trim()) this.by.typed();
  }

  changed() {
    const limit = this.by.can.text_limit || 0;
    const left = limit - [...this.text.value].length;
    this.left.hidden = !limit || left > NEAR;
    this.left.textContent = left >= 0 ? this.by.t("write.left", { n: left }) : this.by.t("write.over", { n: -left });
    this.left.classList.toggle("over", left < 0);
    const isReady = (this.text.value.trim() || this.files.ready.length) && !this.files.isBusy && (!limit || left >= 0);
    this.go.setAttribute("aria-disabled", String(!isReady));
    if (!CSS.supports("field-sizing", "content")) this.grow();
  }

  grow() {
    this.text.style.setProperty("block-size", "auto");
    this.text.style.setProperty("block-size", `${this.text.scrollHeight}px`);
  }

  // Enter sends; with Shift it begins a line. While signs are being composed (Japanese) it belongs to the composing.
  key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.submit(event);
  }

  submit(event) {
    event.preventDefault();
    if (this.go.getAttribute("aria-disabled") === "true") return;
    this.by.send({ text: this.text.value.trim(), attachments: this.files.ready });
    this.text.value = "";
    this.files.clear();
    this.say("");
    this.grid?.leave(false);
    this.input();
    this.focus();
  }

  // A message was refused: its text and files stand here again, before what was typed since.
  giveBack({ text, attachments }, words) {
    this.text.value = [text, this.text.value].filter(Boolean).join("\n");
    this.files.restore(attachments);
    this.keep();
    this.changed();
    this.say(words);
  }

  say(words) {
    this.wrong.hidden = !words;
    const shut = words && iconButton("x", this.by.t("write.dismiss"), () => this.say(""));
    this.wrong.replaceChildren(...(words ? [icon("circle-alert"), make("span", { class: "grow" }, words), shut] : []));
  }

  pick() {
    this.files.add(this.picker.files);
    this.picker.value = "";
    this.focus();
  }

  paste(event) {
    const { files } = event.clipboardData;
    if (!files.length || !this.by.can.attachments) return;
    event.preventDefault();
    this.files.add(files);
  }

  // Makes all of `area` a place to drop files on.
  takeDrops(area) {
    if (!this.by.can.attachments) return;
    const cover = make("div", { class: "drop", "aria-hidden": "true" }, icon("paperclip"), this.by.t("files.drop"));
    let depth = 0;
    const isFiles = (event) => event.dataTransfer?.types.includes("Files");
    const on = (name, act) => area.addEventListener(name, (event) => {
      if (!isFiles(event) || !this.element.isConnected) return;
      event.preventDefault();
      act(event);
    });
    const leave = () => {
      depth = 0;
      cover.remove();
    };
    on("dragenter", () => {
      depth += 1;
      area.append(cover);
    });
    on("dragover", () => {});
    on("dragleave", () => {
      depth -= 1;
      if (depth <= 0) leave();
    });
    on("drop", (event) => {
      leave();
      this.files.add(event.dataTransfer.files);
      this.focus();
    });
  }

  toggleEmoji() {
    if (this.grid) return this.grid.leave(true);
    const { t } = this.by;
    const shut = (isBack) => {
      this.grid = undefined;
      this.smile.setAttribute("aria-expanded", "false");
      if (isBack) this.focus();
    };
    this.grid = emojiGrid({ label: t("write.emoji"), choose: (sign) => this.insert(sign), shut });
    this.element.append(this.grid);
    this.smile.setAttribute("aria-expanded", "true");
    return this.grid.firstElementChild.focus();
  }

  insert(sign) {
    const { selectionStart: from, selectionEnd: to } = this.text;
    this.text.setRangeText(sign, from, to, "end");
    this.input();
  }
}
