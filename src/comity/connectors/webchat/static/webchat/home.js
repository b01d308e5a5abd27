// The first page of the chat: a greeting, what other rooms offer, conversations that are open, and the way to begin one.

import { draw as drawCard } from "./cards.js";
import { icon, iconButton, make, patch } from "./dom.js";
import { face } from "./faces.js";
import { promised } from "./promise.js";
import { partOfDay } from "./rules.js";
import * as times from "./times.js";

const FEW = 3;

export class Home {
  constructor(panel) {
    this.panel = panel;
    const { t, brand, base } = panel.by;
    const name = make("span", { class: "name clip grow", dir: "auto" }, brand.name ?? "");
    const shut = iconButton("x", t("panel.close"), () => panel.launcher.close());
    this.greeting = make("h2", { id: "home-greeting", dir: "auto" });
    const top = make("header", { class: "top" }, make("div", { class: "row" }, face(null, { brand, base }), name, shut), this.greeting);
    this.body = make("div", { class: "body scroll grow", tabindex: "-1" });
    this.go = make("button", { type: "button", class: "btn btn-primary btn-lg wide", onclick: () => panel.begin() }, icon("messages-square"), t("home.start"));
    this.promise = make("p", { class: "xs muted center promise" });
    this.element = make("div", { class: "view" }, top, this.body, make("footer", { class: "foot" }, this.go, this.promise));
    this.rows = new Map();
  }

  focus() {
    this.go.focus({ preventScroll: true });
  }

  draw() {
    const { t, language, settings } = this.panel.by;
    const { home } = this.panel.engine;
    const daily = t(`home.${partOfDay(this.panel.engine.now().getHours())}`);
    this.greeting.textContent = home?.greeting || settings.greeting || `${daily}\n${t("home.question")}`;
    this.promise.textContent = promised(home?.promise ?? settings.promise, { t, language, now: this.panel.engine.now() });
    patch(this.body, home ? this.parts(home) : this.waiting());
  }

  waiting() {
    if (!this.panel.engine.session.token && !this.panel.engine.since) return [];
    this.bones ??= make("div", { class: "skel", "aria-hidden": "true" });
    return this.panel.engine.since ? [] : [this.bones];
  }

  parts({ slots = [], conversations }) {
    const { t } = this.panel.by;
    const open = conversations.filter((each) => each.is_open);
    const earlier = conversations.filter((each) => !each.is_open);
    const few = this.isLong ? earlier : earlier.slice(0, FEW);
    const rest = few.length < earlier.length && this.kept("more", "", () => make("button", { type: "button", class: "btn btn-ghost", onclick: () => this.all() }, t("home.all_earlier")));
    return [
      ...slots.map((slot, at) => this.kept(`slot${at}`, JSON.stringify(slot), () => drawCard(slot, this.panel.by))),
      open.length && this.title(t("home.open")),
      open.length && this.list("open", open),
      few.length && this.title(t("home.earlier")),
      few.length && this.list("earlier", few),
      rest,
    ].filter(Boolean);
  }

  all() {
    this.isLong = true;
    this.draw();
    this.body.focus();
  }

  title(words) {
    return this.kept(`h:${words}`, "", () => make("h3", {}, words));
  }

  list(name, conversations) {
    const list = this.kept(`list:${name}`, "", () => make("div", { class: "card list" }));
    patch(list, conversations.map((each) => this.kept(`c${each.id}`, JSON.stringify([each, Math.floor(Date.now() / 60_000)]), () => this.line(each))));
    return list;
  }

  // An element that is made anew only when what it shows has changed.
  kept(name, sign, draw) {
    const before = this.rows.get(name);
    if (before?.sign === sign) return before.node;
    const node = draw();
    const hadFocus = before?.node && before.node === before.node.getRootNode().activeElement;
    this.rows.set(name, { sign, node });
    if (hadFocus) queueMicrotask(() => node?.focus());
    return node;
  }

  line({ id, subject, preview, at, unread, agent }) {
    const { t, language, brand, base } = this.panel.by;
    const title = agent ? t("home.from", { name: agent.name, brand: brand.name ?? "" }) : subject || brand.name || "";
    const words = make("span", { class: "grow" }, make("b", { class: "clip", dir: "auto" }, title), make("span", { class: "xs soft clip", dir: "auto" }, preview));
    const count = unread > 0 && make("span", { class: "count", role: "img", "aria-label": t("home.unread", { n: unread }) }, new Intl.NumberFormat(language).format(unread));
    const end = make("span", { class: "end" }, make("time", { class: "xs muted", datetime: at }, times.ago(at, language, this.panel.engine.now())), count);
    return make("button", { type: "button", class: "line", onclick: () => this.panel.show({ conversation: id }) }, face(agent, { brand, base, size: "av-lg" }), words, end);
  }
}
