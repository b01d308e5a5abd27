// Where to write when the visitor has to go: the field that asks for it once, and the way to prove the address, so that
// what is written by mail stands in the chat too.

import { isAddress } from "./conditions.js";
import { icon, iconButton, make } from "./dom.js";
import { Problem } from "./session.js";

const PATIENCE = 120_000; // ms in the queue after which somebody may have to go

// Whether an address is wanted now: none is known, something was said, and the answer may come when they have gone. Pure.
export function isWanted({ home, known = [], isRefused, items, facts, now }) {
  if (!home || isRefused || facts.is_open === false) return false;
  if (home.visitor?.email || home.mail?.has_address || known.includes("email")) return false;
  const since = waitsSince(items);
  const isLong = Boolean(facts.queue && since) && now - new Date(since) > PATIENCE;
  return items.some(isOwn) && (home.promise?.state !== "online" || isLong || Boolean(home.mail?.goes_on));
}

// When the first message was written that nobody has answered.
function waitsSince(items) {
  const answered = items.findLastIndex((item) => item.author.kind === "agent");
  return items.slice(answered + 1).find(isOwn)?.at;
}

const isOwn = (item) => item.author.kind === "visitor";

export class Address {
  // `done()` gives the focus back to whoever writes.
  constructor(panel, done) {
    Object.assign(this, { panel, done });
    this.proof = { email: "", state: "", wrong: "" }; // of the address for which a link was asked
  }

  // The elements that stand below what was said.
  nodes(items, facts) {
    const { engine, known, store } = this.panel;
    const given = { home: engine.home, known, isRefused: store.get("address") === "no", items, facts, now: engine.now() };
    this.field = isWanted(given) ? (this.field ?? this.ask()) : undefined;
    const { email, is_proven: isProven } = engine.home?.visitor ?? {};
    const offers = email && !isProven && this.panel.by.can.transcript !== false && items.some(isOwn);
    return [this.field, offers && this.offer(email)].filter(Boolean);
  }

  ask() {
    const { t } = this.panel.by;
    const input = make("input", { class: "input grow", id: "where", type: "email", autocomplete: "email", placeholder: t("copy.address"), "aria-describedby": "where-wrong" });
    const wrong = make("p", { class: "wrong", id: "where-wrong", role: "alert" });
    const go = make("button", { type: "submit", class: "btn btn-primary" }, t("address.give"));
    const no = iconButton("x", t("address.no"), () => this.refuse());
    const head = make("div", { class: "row" }, icon("mail"), make("label", { class: "grow", for: "where" }, t("address.title")), no);
    const form = make("form", { class: "card say where", novalidate: true }, head, make("div", { class: "row" }, input, go), wrong);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (go.getAttribute("aria-busy")) return;
      go.setAttribute("aria-busy", "true");
      wrong.textContent = isAddress(input.value) ? await this.save(input.value.trim()) : t("form.wrong_email");
      go.removeAttribute("aria-busy");
      input.setAttribute("aria-invalid", String(Boolean(wrong.textContent)));
      if (wrong.textContent) input.focus();
    });
    return form;
  }

  // Returns what is wrong with it, or "".
  async save(email) {
    const { engine, session } = this.panel;
    const wrong = await this.panel.attempt(async () => {
      const known = await session.call("PATCH", "visitor", { email });
      engine.knowVisitor({ email: known.email, is_proven: known.is_proven });
    });
    if (wrong) return wrong;
    this.panel.announce(this.panel.by.t("address.saved", { address: email }));
    return this.over();
  }

  refuse() {
    this.panel.store.set("address", "no");
    this.over();
  }

  over() {
    this.panel.engine.changed();
    this.done();
    return "";
  }

  // One quiet line: the offer, what became of it, or what is wrong.
  offer(email) {
    if (this.proof.email !== email) this.proof = { email, state: "", wrong: "" };
    const { t } = this.panel.by;
    const { state, wrong, line } = this.proof;
    if (state === "none") return null;
    if (line?.state === state && line.wrong === wrong) return line.node;
    const words = state === "sent" ? make("span", {}, t("confirm.sent")) : make("button", { type: "button", class: "link", onclick: () => this.prove() }, t("confirm.offer"));
    const node = make("div", { class: "quiet", tabindex: "-1" }, icon(state === "sent" ? "check" : "mail", "i-sm"), words, wrong && make("p", { class: "wrong", role: "alert" }, wrong));
    this.proof.line = { state, wrong, node };
    return node;
  }

  async prove() {
    const { proof } = this;
    if (proof.isBusy) return;
    proof.isBusy = true;
    proof.wrong = await this.panel.attempt(() => this.link(proof));
    proof.isBusy = false;
    if (proof.state === "sent") this.panel.announce(this.panel.by.t("confirm.sent"));
    if (proof.state) this.done();
    this.panel.engine.changed();
  }

  async link(proof) {
    try {
      await this.panel.session.call("POST", "visitor/confirm", {});
      proof.state = "sent";
    } catch (problem) {
      if (!(problem instanceof Problem) || problem.code !== "no_mail") throw problem;
      proof.state = "none"; // no mail leaves here, so nothing is offered
    }
  }
}
