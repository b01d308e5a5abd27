// The opened chat: home or a conversation, what the launcher and the page are told, and where the focus goes.

import { Conversation } from "./conversation.js";
import { make, patch, sheet } from "./dom.js";
import { Engine } from "./engine.js";
import { loadFont } from "./font.js";
import { Home } from "./home.js";
import { keepFocus } from "./menu.js";
import { chime, markTitle } from "./notice.js";
import { newKey } from "./outbox.js";
import { PANEL } from "./panel-style.js";
import { followScreen, isFull } from "./phone.js";
import { Problem, Session } from "./session.js";
import { Tabs } from "./tabs.js";
import { THREAD } from "./thread-style.js";
import { load } from "./words.js";

export class Panel {
  static async make(launcher) {
    const t = await load(launcher.language);
    loadFont(launcher.language);
    return new Panel(launcher, t);
  }

  constructor(launcher, t) {
    const { base, key, store, settings, language } = launcher;
    Object.assign(this, { launcher, store });
    this.given = []; // questions that were answered
    this.answers = null; // of the form, until the first message takes them along
    this.tabs = new Tabs(key);
    this.session = new Session({ base, key, store, tabs: this.tabs, about: () => this.about(), challenge: settings.challenge, lost: () => this.engine.forgotten(newKey) });
    this.engine = new Engine({ session: this.session, tabs: this.tabs, store, tab: launcher.tab });
    this.by = { t, language, base, settings, brand: settings.brand ?? {}, can: settings.can ?? {}, session: this.session, store, now: () => this.engine.now(), say: (text) => this.say(text) };
    this.home = new Home(this);
    this.conversation = new Conversation(this);
    this.live = make("div", { class: "sr", role: "status", "aria-live": "polite" });
    const name = t("panel.name", { brand: settings.brand?.name ?? "" });
    this.element = make("section", { class: "panel", role: "dialog", "aria-label": name, tabindex: "-1", hidden: true, onkeydown: (event) => this.key(event) });
    launcher.dress([sheet(PANEL), sheet(THREAD)]);
    launcher.cm.prepend(this.element, this.live);
    this.stop = new AbortController();
    this.listen(this.stop.signal);
    if (this.session.token) this.start();
  }

  get said() {
    return this.launcher.said;
  }

  // What the page has said of its visitor, or they have answered, and the server may not know yet: it is asked no more.
  get known() {
    return [...Object.keys(this.said.facts ?? {}), ...this.given];
  }

  listen(signal) {
    const on = (name, act) => this.engine.addEventListener(name, ({ detail }) => act(detail), { signal });
    on("changed", () => this.draw());
    on("message", ({ message }) => this.arrived(message));
    on("refused", ({ letter, problem }) => this.refused(letter, problem));
    on("settled", ({ conversation }) => this.settled(conversation));
    on("gone", () => this.gone());
    on("left", () => this.launcher.drop());
    on("back", () => this.conversation.composer.files.again());
    const seen = () => this.seen();
    document.addEventListener("visibilitychange", seen, { signal });
    addEventListener("focus", seen, { signal });
    addEventListener("pagehide", () => this.engine.end(), { signal });
    addEventListener("pageshow", (event) => event.persisted && this.hasStarted && this.engine.start(), { signal });
  }

  start() {
    if (this.hasStarted) return;
    this.hasStarted = true;
    this.engine.start();
    this.tellServer();
  }

  open({ isAgain = false, place } = {}) {
    this.element.hidden = false;
    this.element.setAttribute("aria-modal", String(isFull()));
    this.screen = new AbortController();
    followScreen(this.element, this.screen.signal);
    this.start();
    const kept = isAgain ? this.keptPlace() : null;
    this.show(place ?? kept ?? this.place ?? null, { isFocused: !isAgain });
  }

  close() {
    this.screen?.abort();
    this.element.hidden = true;
    this.seen();
    this.draw();
  }

  keptPlace() {
    const kept = this.launcher.keptOpen();
    return kept?.conversation || kept?.thread ? kept : null;
  }

  // A conversation that begins with the next message.
  begin() {
    this.answers = null;
    return this.show({ thread: newKey() });
  }

  // A message in the visitor's name, such as a choice on a card.
  say(text) {
    if (!this.place) this.begin();
    this.engine.send({ text });
  }

  // Shows a place; null is home.
  async show(place, { isFocused = true } = {}) {
    this.place = place;
    this.launcher.keepOpen(place ?? {});
    const view = place ? this.conversation : this.home;
    const look = this.engine.look(place, this.isSeen);
    patch(this.element, [view.element]);
    if (place) this.conversation.show();
    this.draw();
    if (isFocused) view.focus();
    await look.catch((problem) => this.notLoaded(problem));
    this.draw();
    if (isFocused && this.view === view && !this.element.contains(this.launcher.root.activeElement)) view.focus();
  }

  notLoaded(problem) {
    if (!(problem instanceof Problem)) throw problem;
    this.conversation.failed = problem;
  }

  get view() {
    return this.place ? this.conversation : this.home;
  }

  get isSeen() {
    return this.launcher.isOpen && document.visibilityState === "visible";
  }

  seen() {
    this.engine.see(this.isSeen && Boolean(this.place));
    if (document.visibilityState === "visible") this.conversation.composer.refresh();
    this.notice();
  }

  draw() {
    if (this.launcher.isOpen) this.view.draw();
    this.notice();
  }

  notice() {
    const { unread } = this.engine;
    this.launcher.count(unread);
    markTitle(this.isSeen && this.place ? 0 : unread);
  }

  arrived(message) {
    this.launcher.tell("message", { conversation: message.conversation, author: message.author.kind, text: message.text, at: message.at });
    if (message.author.kind === "visitor") return;
    const { t, brand } = this.by;
    const who = message.author.name || brand.name || "";
    const words = message.text || message.card?.words || message.attachments[0]?.name || "";
    const isBefore = this.isSeen && this.place?.conversation === message.conversation;
    if (isBefore) this.conversation.arrived();
    if (message.author.kind === "system") {
      if (this.launcher.isOpen) this.announce(words);
      return;
    }
    if (!this.launcher.isOpen) this.launcher.tease({ who, words, place: { conversation: message.conversation } });
    else this.announce([t("thread.said", { name: who, words }), ...offered(message, t)].join("\n"));
    if (!isBefore && this.tabs.isLeading && this.store.get("sound") === "on") chime();
  }

  // For whoever listens rather than looks.
  announce(words) {
    this.live.textContent = "";
    setTimeout(() => (this.live.textContent = words), 50);
  }

  // The server would not take a message: its text is the visitor's again.
  refused(letter, { status, detail }) {
    const { t } = this.by;
    const named = { 403: "refused.blocked", 404: "refused.gone", 413: "refused.too_long" }[status] ?? "refused.other";
    const words = `${detail || t(named)} ${t("refused.kept")}`;
    const isHere = this.place && letter.place.thread === this.place.thread && letter.place.conversation === this.place.conversation;
    if (isHere || !this.place) return this.giveBack(letter, words, isHere);
    const name = `draft:${letter.place.conversation ?? "new"}`;
    this.store.set(name, [letter.text, this.store.get(name)].filter(Boolean).join("\n"));
    return this.announce(words);
  }

  giveBack(letter, words, isHere) {
    if (letter.form) this.answers = letter.form;
    if (!isHere && this.launcher.isOpen) this.show(letter.place);
    this.conversation.composer.giveBack(letter, words);
    this.draw();
  }

  settled(conversation) {
    this.place = this.engine.place;
    this.launcher.keepOpen(this.launcher.isOpen ? this.place : null);
    this.conversation.settled(conversation);
  }

  // The token counts no more: signed out, or kept for too long.
  gone() {
    const isNeeded = this.launcher.isOpen || this.engine.outbox.all().length > 0;
    if (!isNeeded || !this.hasStarted) return this.launcher.drop();
    this.place = null;
    return this.show(null, { isFocused: false });
  }

  key(event) {
    if (event.key === "Escape") {
      event.stopPropagation();
      this.launcher.close();
    } else if (event.key === "Tab" && isFull()) keepFocus(event, this.element);
  }

  turnSound(isOn) {
    this.store.set("sound", isOn ? "on" : null);
    if (isOn) chime();
  }

  // Does something with the server; returns what to say when it failed, or "".
  async attempt(act) {
    try {
      await act();
      return "";
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      return problem.detail || this.by.t(problem.status === 0 ? "problem.offline" : "problem.other");
    }
  }

  about() {
    const { language } = this.launcher;
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
    return { language, zone, page: page() };
  }

  // The page changed its address without a reload.
  moved() {
    if (page() && this.session.token && location.href !== this.address) this.session.call("PATCH", "visitor", { page: page() }).catch(() => {}); // the next page tells its own
    this.address = location.href;
  }

  saidByPage() {
    if (this.hasStarted) this.tellServer();
  }

  // What the page said of its visitor, once there is a visitor.
  async tellServer() {
    const { proof, facts } = this.said;
    try {
      await this.session.ensure();
      this.moved();
      if (facts && facts !== this.toldFacts) await this.session.call("PATCH", "visitor", facts);
      this.toldFacts = facts;
      if (proof && proof !== this.toldProof) await this.identify(proof);
      else await this.engine.catchUp();
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (problem.status) this.launcher.tell("error", { status: problem.status, code: problem.code, detail: problem.detail });
    }
  }

  async identify(proof) {
    this.toldProof = proof;
    const body = typeof proof === "string" ? { jwt: proof } : proof;
    const found = await this.session.call("POST", "identify", body).catch((problem) => problem);
    if (found.code === "someone_else") return this.beginAnew();
    if (found instanceof Problem) throw found;
    this.launcher.tell("identified", found);
    return this.engine.catchUp(); // what a proven customer said before belongs here too
  }

  // Somebody else has signed in on this site: nothing of the one before is shown to them.
  async beginAnew() {
    const { launcher } = this;
    const wasOpen = launcher.isOpen;
    await this.logout();
    launcher.drop();
    if (wasOpen) await launcher.open();
  }

  async logout() {
    this.engine.end();
    this.tabs.tell({ what: "logout" }); // first, so that no other tab becomes a new visitor meanwhile
    await this.session.logout();
    this.remove();
  }

  remove() {
    this.stop.abort();
    this.screen?.abort();
    this.engine.end();
    this.tabs.close();
    this.element.remove();
    this.live.remove();
    markTitle(0);
  }
}

// What one may press, for whoever hears the message rather than sees it.
const offered = ({ replies }, t) => (replies?.length ? [`${t("thread.replies")}: ${replies.join(", ")}`] : []);

// Which page the visitor is on; nothing where the browser asks not to be followed.
function page() {
  const isPrivate = navigator.doNotTrack === "1" || navigator.globalPrivacyControl;
  return isPrivate ? null : { url: location.href, title: document.title, referrer: document.referrer };
}
