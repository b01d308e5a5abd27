// The button on the page, with its number of unread messages, and the page's way to ask for things: Comity("open").
// Everything that the opened chat needs is loaded when it is opened for the first time, or when the visitor has talked here
// before: then news must reach them on every page.

import { icon, make, sheet } from "./dom.js";
import { LAUNCHER } from "./launcher-style.js";
import { isWanted } from "./rules.js";
import { Store, usable } from "./store.js";
import { TOKENS } from "./tokens.js";
import { nearest, speaker } from "./words.js";

const PICTURES = { bubble: "message-circle", question: "circle-question-mark", hand: "hand" };

export function start(given) {
  const launcher = new Launcher(given);
  launcher.serve();
  launcher.begin();
}

class Launcher {
  constructor({ base, key, settings, words, comity }) {
    Object.assign(this, { base, key, settings, comity });
    this.language = nearest(settings.language);
    this.t = speaker(words[this.language] ?? words.en, this.language);
    this.store = new Store(key);
    this.tab = new Store(key, usable("sessionStorage")); // from one page of this tab to the next
    this.heard = {}; // what the page wants to hear of: name → functions
    this.said = {}; // what the page said of its visitor
    this.unread = 0;
    this.isWanted = false;
    this.isOpen = false;
    this.draw();
  }

  draw() {
    const { launcher = {}, brand = {}, direction = "ltr" } = this.settings;
    this.host = document.createElement("comity-chat");
    this.root = this.host.attachShadow({ mode: "open" });
    this.dress([]);
    this.button = make("button", { type: "button", class: "launch", "aria-haspopup": "dialog", "aria-expanded": "false", onclick: () => this.toggle() });
    this.badge = make("span", { class: "unread", hidden: true, "aria-hidden": "true" });
    this.cm = make("div", { class: `cm ${launcher.side === "start" ? "start" : ""}`, dir: direction, lang: this.language, hidden: true }, this.button);
    if (CSS.supports("color", brand.colour ?? "")) this.cm.style.setProperty("--brand", brand.colour);
    this.cm.style.setProperty("--bottom", `${Number(launcher.bottom ?? 20)}px`);
    this.cm.style.setProperty("--gap", `${Number(launcher.side_gap ?? 20)}px`);
    this.root.append(this.cm);
    this.drawButton();
  }

  // Puts on our own style sheets, and those of the opened chat.
  dress(more) {
    this.clothes ??= [sheet(TOKENS), sheet(LAUNCHER)];
    this.root.adoptedStyleSheets = [...this.clothes, ...more];
  }

  drawButton() {
    const { icon: picture, label } = this.settings.launcher ?? {};
    const words = label && !this.isOpen ? make("span", { dir: "auto" }, label) : null;
    this.button.classList.toggle("labelled", Boolean(words));
    this.button.replaceChildren(icon(this.isOpen ? "chevron-down" : (PICTURES[picture] ?? PICTURES.bubble)), ...(words ? [words] : []), this.badge);
    this.button.setAttribute("aria-expanded", String(this.isOpen));
    const name = this.isOpen ? this.t("launcher.close") : label || this.t("launcher.open");
    this.button.setAttribute("aria-label", this.unread ? `${name}. ${this.t("launcher.unread", { n: this.unread })}` : name);
    this.badge.hidden = !this.unread || this.isOpen;
    this.badge.textContent = this.unread > 9 ? "9+" : new Intl.NumberFormat(this.language).format(this.unread);
  }

  begin() {
    const look = () => this.look();
    this.stand();
    new MutationObserver(() => this.stand()).observe(document.documentElement, { childList: true });
    for (const name of ["popstate", "hashchange"]) addEventListener(name, look);
    globalThis.navigation?.addEventListener("currententrychange", look);
    const wait = this.wasOpen || this.store.get("token") ? 0 : (this.settings.rules?.after_seconds ?? 0);
    setTimeout(() => {
      this.isWanted = true;
      look();
      if (this.wasOpen && !this.cm.hidden && !isNarrow()) this.open({ isAgain: true });
    }, wait * 1000);
    if (this.store.get("token")) this.load().catch(() => {}); // tried again when the chat is opened
    this.tell("ready");
  }

  // On the page, also where it exchanges its whole body; above it, whatever it turns, hides or stacks.
  stand() {
    if (this.host.isConnected || !document.body) return;
    this.host.popover = "manual";
    document.body.append(this.host);
    this.host.showPopover?.();
  }

  // Whether the chat belongs on the page as it is now; pages that never reload change their address.
  look() {
    this.cm.hidden = !this.isOpen && !(this.isWanted && isWanted(this.settings, location.href));
    this.panel?.moved();
  }

  get wasOpen() {
    return Boolean(this.keptOpen());
  }

  // Where the chat stood open on the page before, or null.
  keptOpen() {
    return this.tab.get("open");
  }

  // Loads what the opened chat needs.
  load() {
    this.loading ??= import("./panel.js").then(async ({ Panel }) => {
      this.panel = await Panel.make(this);
    });
    return this.loading.catch((problem) => {
      this.loading = undefined;
      throw problem;
    });
  }

  toggle() {
    return this.isOpen ? this.close() : this.open();
  }

  async open({ isAgain = false, place } = {}) {
    this.button.setAttribute("aria-busy", "true");
    this.cm.hidden = false;
    try {
      await this.load();
    } catch {
      return this.tease({ words: this.t("launcher.unreachable") });
    } finally {
      this.button.removeAttribute("aria-busy");
    }
    if (this.isOpen) return undefined;
    this.hush();
    this.isOpen = true;
    this.cm.classList.add("is-open");
    this.panel.open({ isAgain, place });
    this.drawButton();
    return this.tell("open");
  }

  close() {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.cm.classList.remove("is-open");
    this.keepOpen(null);
    this.panel.close();
    this.drawButton();
    this.look();
    this.button.focus();
    this.tell("close");
  }

  // On the next page of this tab the chat stands open again.
  keepOpen(place) {
    this.tab.set("open", place);
  }

  count(unread) {
    if (unread === this.unread) return;
    this.unread = unread;
    this.drawButton();
    this.tell("unread", { count: unread });
  }

  // A word beside the button: what somebody wrote while the chat is closed.
  tease({ who = "", words, place }) {
    this.hush();
    const said = make("button", { type: "button", class: "said", onclick: () => this.open({ place }) }, who && make("b", { dir: "auto" }, who), make("span", { class: "words", dir: "auto" }, words));
    const shut = make("button", { type: "button", class: "shut", "aria-label": this.t("launcher.dismiss"), onclick: () => this.hush() }, icon("x"));
    this.teaser = make("div", { class: "teaser", role: "status" }, said, shut);
    this.cm.insertBefore(this.teaser, this.button);
  }

  hush() {
    this.teaser?.remove();
    this.teaser = undefined;
  }

  // Answers Comity(…) from now on, what was asked before first.
  serve() {
    const calls = {
      open: () => this.open(),
      close: () => this.close(),
      identify: (proof) => this.say({ proof }),
      set: (facts) => this.say({ facts: { ...this.said.facts, ...facts } }),
      on: (name, hear) => (this.heard[name] ??= []).push(hear),
      logout: () => this.logout(),
    };
    const serve = ([name, ...rest]) => calls[name]?.(...rest);
    const { q } = this.comity;
    this.comity.q = { push: serve };
    q.forEach(serve);
  }

  // Before the chat is opened nothing leaves the page, so what the page says is kept until then.
  say(said) {
    Object.assign(this.said, said);
    this.panel?.saidByPage();
  }

  async logout() {
    this.said = {};
    this.close();
    if (this.panel || this.store.get("token")) await this.load().then(() => this.panel.logout(), () => this.store.clear());
    this.drop();
  }

  // Forgets the opened chat; the next opening begins anew.
  drop() {
    this.close();
    this.panel?.remove();
    this.panel = this.loading = undefined;
    this.hush();
    this.count(0);
  }

  tell(name, detail = {}) {
    for (const hear of this.heard[name] ?? []) {
      try {
        hear(detail);
      } catch (problem) {
        setTimeout(() => { throw problem; }); // the page's own mistake, in the page's own console
      }
    }
  }
}

const isNarrow = () => matchMedia("(max-width: 480px)").matches;
