// Files on their way into a message: by button, by drop, by paste. Each goes up by itself, with its progress, and says
// what is wrong and what to do.

import { icon, iconButton, make, patch } from "./dom.js";
import * as times from "./times.js";

export class Files {
  // `by` is {t, language, session, limit, changed()}.
  constructor(by) {
    this.by = by;
    this.all = [];
    this.element = make("div", { class: "files scroll", role: "list" });
  }

  get ready() {
    return this.all.filter((each) => each.made).map(({ made }) => made);
  }

  get isBusy() {
    return this.all.some((each) => each.stop);
  }

  add(files) {
    for (const file of files) {
      const each = { file, name: file.name || this.by.t("files.picture"), part: 0 };
      this.all.push(each);
      if (this.by.limit && file.size > this.by.limit) each.wrong = this.by.t("files.too_big", { size: times.size(this.by.limit, this.by.language) });
      else this.send(each);
    }
    this.draw();
  }

  async send(each) {
    each.stop = new AbortController();
    each.wrong = "";
    const progress = (part) => {
      each.part = part;
      if (each.bar) each.bar.value = part;
    };
    this.draw();
    try {
      each.made = await this.by.session.upload(each.file, { progress, signal: each.stop.signal });
    } catch (problem) {
      each.wrong = this.reason(problem);
      each.mayRetry = problem.status === 0 || problem.status >= 500 || problem.status === 429;
    }
    each.stop = undefined;
    this.draw();
  }

  reason({ status, detail }) {
    const { t } = this.by;
    if (status === 0) return t("files.no_connection");
    if (status === 413) return detail || t("files.too_big_for_server");
    return detail || t("files.failed");
  }

  // When the connection is back, what failed for its want goes by itself.
  again() {
    this.all.filter((each) => each.mayRetry && each.wrong).forEach((each) => this.send(each));
  }

  remove(each) {
    each.stop?.abort();
    this.all = this.all.filter((other) => other !== each);
    this.draw();
  }

  // Puts back what a refused message carried.
  restore(made) {
    this.all.push(...made.map((each) => ({ name: each.name, made: each, part: 100 })));
    this.draw();
  }

  clear() {
    this.all = [];
    this.draw();
  }

  draw() {
    patch(this.element, this.all.map((each) => this.chip(each)));
    this.by.changed();
  }

  chip(each) {
    const { t, language } = this.by;
    const size = each.file?.size ?? each.made?.size ?? 0;
    const note = each.wrong || (each.stop ? t("files.sending") : times.size(size, language));
    const again = each.wrong && each.mayRetry && iconButton("rotate-cw", t("files.again", { name: each.name }), () => this.send(each));
    const remove = iconButton("x", t("files.remove", { name: each.name }), () => this.remove(each));
    each.bar = each.stop ? make("progress", { max: 100, value: each.part, "aria-label": each.name }) : null;
    const words = make("div", { class: "grow" }, make("div", { class: "clip", dir: "auto", title: each.name }, each.name), make("div", { class: "note", role: each.wrong ? "alert" : null }, note));
    return make("div", { class: `file ${each.wrong ? "bad" : ""}`, role: "listitem" }, icon(each.wrong ? "circle-alert" : "paperclip"), words, again || make("span"), remove, each.bar);
  }
}
