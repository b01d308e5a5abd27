// One conversation: what was said, who is speaking, and the field to write in.

import { Address } from "./address.js";
import { Composer } from "./composer.js";
import { asked, isAddress } from "./conditions.js";
import { icon, iconButton, make, patch } from "./dom.js";
import { face } from "./faces.js";
import { Form } from "./form.js";
import { ask, openMenu } from "./menu.js";
import { Messages } from "./messages.js";
import { promised } from "./promise.js";
import { ratingCard } from "./rating.js";
import { asking } from "./thread.js";
import * as times from "./times.js";

const EVERY = 15_000; // ms after which somebody who waits is looked at again
const NEAR = 80; // px from the end, within which the reader is taken along

export class Conversation {
  constructor(panel) {
    this.panel = panel;
    const { by, engine } = panel;
    const { t } = by;
    this.messages = new Messages({ ...by, say: (text) => this.send({ text }), choose: (...pressed) => this.choose(...pressed), isOffline: () => Boolean(engine.since) });
    this.composer = new Composer({ ...by, send: (said) => this.send(said), typed: () => engine.typed() });
    this.address = new Address(panel, () => this.composer.focus());
    this.back = iconButton("chevron-left", t("thread.back"), () => panel.show(null));
    this.back.firstChild.classList.add("i-flip", "i-lg");
    this.dots = iconButton("ellipsis", t("thread.menu"), () => this.toggleMenu(), { "aria-haspopup": "menu", "aria-expanded": "false" });
    this.person = make("div", { class: "row grow" });
    const shut = iconButton("x", t("panel.close"), () => panel.launcher.close());
    this.list = make("div", { class: "body said-all scroll grow", role: "log", "aria-live": "off", "aria-label": t("thread.label"), tabindex: "0", onscroll: () => this.scrolled() });
    this.list.addEventListener("load", () => this.isAtEnd && this.toEnd(), true);
    this.below = make("button", { type: "button", class: "btn to-end", hidden: true, onclick: () => this.toEnd() }, icon("arrow-down"), t("thread.new_below"));
    this.again = make("div", { class: "foot" }, make("button", { type: "button", class: "btn wide", onclick: () => this.reopen() }, t("thread.write_again")));
    this.element = make("div", { class: "view" }, make("header", { class: "head" }, this.back, this.person, this.dots, shut));
    this.composer.takeDrops(this.element);
    this.parts = new Map();
    this.isAtEnd = true;
  }

  get place() {
    return this.panel.engine.place ?? {};
  }

  get facts() {
    return this.panel.engine.facts.get(this.place.conversation) ?? {};
  }

  async show() {
    this.parts.clear();
    this.form = undefined;
    Object.assign(this, { isAtEnd: true, isReopened: false, failed: undefined, rating: undefined });
    this.composer.at(this.place.conversation ?? "new");
    this.draw();
  }

  // The first message got its conversation: what is typed goes along.
  settled(conversation) {
    this.composer.rename(conversation);
  }

  focus() {
    if (this.form) this.form.focus();
    else if (this.again.isConnected) this.again.firstChild.focus();
    else this.composer.focus();
  }

  draw() {
    const { engine, by } = this.panel;
    this.drawHead();
    const items = engine.shownAt(this.place);
    if (this.needsForm(items)) return this.drawForm();
    this.form = undefined;
    const hasEnded = this.facts.is_open === false;
    const foot = hasEnded && !this.isReopened ? this.again : this.composer.element;
    if (foot === this.composer.element && !this.below.isConnected) foot.prepend(this.below);
    patch(this.element, [this.element.firstChild, ...this.bars(), this.list, foot, ...this.element.querySelectorAll(":scope > .veil, :scope > .drop")]);
    const before = this.list.scrollHeight - this.list.scrollTop;
    patch(this.list, this.inside(items, hasEnded, by));
    if (this.isAtEnd) this.toEnd();
    else if (this.isOlder) this.list.scrollTop = this.list.scrollHeight - before;
    this.isOlder = false;
    return undefined;
  }

  // Whoever was in the field to write in goes on in the form that takes its place.
  drawForm() {
    const wasWriting = this.composer.element.contains(this.element.getRootNode().activeElement);
    patch(this.element, [this.element.firstChild, ...this.bars(), this.form.element]);
    if (wasWriting) this.form.focus();
  }

  inside(items, hasEnded, { t }) {
    const { engine } = this.panel;
    const { conversation } = this.place;
    if (conversation && !engine.messages.has(conversation) && !items.length) return [this.missing(t)];
    const typing = engine.typing.get(conversation);
    return [
      engine.more.get(conversation) ? this.part("older", "", () => make("button", { type: "button", class: "btn btn-ghost older", onclick: () => this.older() }, t("thread.older"))) : this.intro(items),
      ...this.messages.nodes(items),
      this.waits(engine) && this.queue(this.facts.queue),
      typing !== undefined && this.part("typing", typing, () => this.typing(typing)),
      hasEnded && this.ending(),
      ...this.address.nodes(items, this.facts),
    ].filter(Boolean);
  }

  part(name, sign, draw) {
    const before = this.parts.get(name);
    if (before?.sign === sign) return before.node;
    const node = draw();
    this.parts.set(name, { sign, node });
    return node;
  }

  bars() {
    const { since } = this.panel.engine;
    return since ? [this.part("offline", String(since), () => this.offline(since))] : [];
  }

  offline(since) {
    const { t, language } = this.panel.by;
    return make("div", { class: "offline", role: "status" }, icon("wifi-off", "i-sm"), make("span", { class: "grow" }, t("state.offline", { time: times.clock(since, language) })));
  }

  // While the conversation is on its way, or could not be had.
  missing(t) {
    if (!this.failed) return this.part("bones", "", () => make("div", { class: "skel", "aria-hidden": "true" }));
    const again = make("button", { type: "button", class: "btn", onclick: () => this.panel.show(this.place) }, icon("rotate-cw"), t("thread.try_again"));
    return this.part("failed", "", () => make("div", { class: "empty", role: "alert" }, icon("circle-alert"), make("strong", {}, t("thread.not_loaded")), make("span", {}, t("thread.safe")), again));
  }

  drawHead() {
    const { brand, base, t, language, settings } = this.panel.by;
    const { agent, is_open } = this.facts;
    const { home } = this.panel.engine;
    const sub = is_open === false ? t("thread.ended") : promised(home?.promise ?? settings.promise, { t, language, now: this.panel.engine.now() });
    const sign = JSON.stringify([agent, sub]);
    const draw = () => make("div", { class: "row grow" }, face(agent, { brand, base, size: "av-lg" }), make("div", { class: "grow" }, make("b", { class: "clip", dir: "auto" }, agent?.name || brand.name || ""), make("div", { class: "sub" }, sub)));
    patch(this.person, [this.part("person", sign, draw)]);
    this.person.classList.add("grow");
  }

  intro(items) {
    if (this.place.conversation || items.some((item) => item.id)) return null;
    const { t, brand, base, settings } = this.panel.by;
    const words = settings.greeting || t("thread.first", { brand: brand.name ?? "" });
    return this.part("intro", "", () => make("div", { class: "msg begins" }, make("div", { class: "who" }, face(null, { size: "av-xs", brand, base }), make("bdi", {}, brand.name ?? "")), make("div", { class: "bub", dir: "auto" }, words)));
  }

  // Where they stand is said while somebody may come; while it is closed, the head says when we are back.
  waits(engine) {
    clearTimeout(this.waiting);
    if (!this.facts.queue) return false;
    this.waiting = setTimeout(() => engine.changed(), EVERY);
    return engine.home?.promise?.state !== "closed";
  }

  queue({ position, seconds }) {
    const { t, language } = this.panel.by;
    const place = position > 1 ? t("queue.before", { n: position - 1 }) : t("queue.soon");
    const words = seconds ? t("queue.wait", { place, time: times.span(seconds, language) }) : place;
    return this.part("queue", words, () => make("div", { class: "hand", role: "status" }, icon("clock"), make("span", { class: "grow" }, words)));
  }

  typing(name) {
    const { t, brand, base } = this.panel.by;
    const dots = make("span", { class: "typing", "aria-hidden": "true" }, make("i"), make("i"), make("i"));
    const person = name ? (this.facts.agent ?? { name }) : null;
    return make("div", { class: "types" }, face(person, { size: "av-xs", brand, base }), make("span", {}, t("thread.typing", { name: name || brand.name || "" })), dots);
  }

  ending() {
    const { by, engine } = this.panel;
    const { conversation } = this.place;
    if (!by.can.rating || !this.mayRate(conversation)) return null;
    const rate = (body) => engine.act("rating", conversation, body);
    const copy = (email) => engine.act("transcript", conversation, { email });
    return this.part("rating", String(conversation), () => ratingCard({ ...by, email: this.email, rate, copy }));
  }

  // Whether a rating is still wanted; the server is asked once each time the conversation is shown.
  mayRate(conversation) {
    if (this.rating?.conversation === conversation) return this.rating.may_rate;
    this.rating = { conversation, may_rate: false };
    const heard = (found) => {
      this.rating = { conversation, may_rate: found.may_rate && !found.score };
      this.panel.engine.changed();
    };
    this.panel.session.call("GET", `conversations/${conversation}/rating`).then(heard, () => {}); // without an answer nobody is asked
    return false;
  }

  get email() {
    return this.panel.engine.home?.visitor?.email || this.panel.said.facts?.email || "";
  }

  needsForm(items) {
    const { by, engine } = this.panel;
    if (this.place.conversation || items.length || this.panel.answers) return false;
    if (!engine.home && !engine.since) return false; // what is known is on its way
    const fields = engine.home?.form ?? by.settings.form ?? [];
    if (!this.form && !asked(fields, {}, this.panel.known).length) return false;
    const done = (answers) => {
      this.panel.answers = answers;
      this.panel.given.push(...Object.keys(answers));
      this.draw();
      this.focus();
    };
    this.form ??= new Form({ t: by.t, fields, known: this.panel.known, done });
    return true;
  }

  send(said) {
    const { engine, answers } = this.panel;
    engine.send({ ...said, form: this.place.conversation ? null : answers });
    this.panel.answers = answers && {};
    this.isAtEnd = true;
    this.draw();
  }

  // A question is answered once, whoever pressed: here twice, or in another tab before. A finger keeps the keyboard away.
  choose(message, text, { pointerType }) {
    const isOpen = asking(this.panel.engine.shownAt(this.place))?.id === message.id;
    if (isOpen) this.send({ text });
    else this.draw();
    if (pointerType !== "touch") this.focus();
  }

  reopen() {
    this.isReopened = true;
    this.draw();
    this.composer.focus();
  }

  async older() {
    this.isOlder = true;
    this.isAtEnd = false;
    const first = this.panel.engine.messages.get(this.place.conversation)?.[0]?.id ?? 0;
    await this.panel.attempt(() => this.panel.engine.load(this.place.conversation, first));
  }

  scrolled() {
    if (this.isAtEnd && this.list.scrollHeight !== this.height) return this.toEnd(); // what is read did not move, a picture grew
    this.isAtEnd = this.list.scrollHeight - this.list.scrollTop - this.list.clientHeight < NEAR;
    if (this.isAtEnd) this.below.hidden = true;
    return undefined;
  }

  toEnd() {
    this.height = this.list.scrollHeight;
    this.list.scrollTop = this.height;
    this.isAtEnd = true;
    this.below.hidden = true;
  }

  // Somebody wrote while the reader is further up.
  arrived() {
    if (!this.isAtEnd) this.below.hidden = false;
  }

  toggleMenu() {
    if (this.menu?.isConnected) return this.menu.shut();
    const { t, can } = this.panel.by;
    const { store } = this.panel;
    const { conversation } = this.place;
    const isOn = store.get("sound") === "on";
    const items = [
      can.sound !== false && { icon: isOn ? "volume-2" : "volume-x", label: t("menu.sound"), isOn, act: () => this.panel.turnSound(!isOn) },
      conversation && can.transcript !== false && { icon: "mail", label: t("menu.copy"), act: () => this.copy() },
      conversation && this.facts.is_open !== false && { icon: "circle-check", label: t("menu.end"), act: () => this.end() },
    ];
    this.menu = openMenu(this.dots, items.filter(Boolean), t("thread.menu"));
    return undefined;
  }

  copy() {
    const { t } = this.panel.by;
    const { conversation } = this.place;
    const input = make("input", { class: "input", type: "email", autocomplete: "email", placeholder: t("copy.address"), "aria-label": t("copy.address"), value: this.email });
    const act = async () => {
      if (!isAddress(input.value)) return t("form.wrong_email");
      const wrong = await this.panel.attempt(() => this.panel.engine.act("transcript", conversation, { email: input.value.trim() }));
      if (!wrong) this.panel.announce(t("copy.sent"));
      return wrong;
    };
    return ask(this.element, { title: t("copy.title"), words: t("copy.words"), content: [input], verb: t("copy.send"), cancel: t("ask.cancel"), act });
  }

  end() {
    const { t } = this.panel.by;
    const { conversation } = this.place;
    const act = async () => {
      const wrong = await this.panel.attempt(() => this.panel.engine.act("end", conversation));
      if (!wrong) this.panel.engine.learn({ id: conversation, is_open: false });
      return wrong;
    };
    return ask(this.element, { title: t("end.title"), words: t("end.words"), verb: t("end.verb"), cancel: t("ask.cancel"), act });
  }
}
