// <cm-live src="/live" after="1041"></cm-live>: what happens elsewhere, as DOM events on <body>, so that fragments refresh
// themselves; `after` is the id up to which the page shows the log.
//
//   hx-trigger="live:conversation:42 from:body delay:150ms"    anything about that conversation
//   hx-trigger="live:message.received from:body"               that type, whatever its subject
//   hx-trigger="live:conversation from:body"                   any conversation
//
// detail is {id, type, subject, data}. live:reset means that too much was missed: lists load themselves anew. All tabs
// share one stream (browsers allow only six connections to a house). After 5 s without one, <body> gets .is-offline
// and a bar says since when; live:back follows the return.

import { icon, make, tell } from "./dom.js";
import { Parser, namesOf, pause } from "./stream.js";
import { gettext, interpolate, language } from "./words.js";

const SILENCE = 45_000; // the server shows life each 15 s
const PATIENCE = 5_000;
const KEPT = 200; // events that the reading tab keeps for tabs that open meanwhile

class Live extends HTMLElement {
  connectedCallback() {
    this.stop = new AbortController();
    this.tries = 0;
    this.last = Number(this.getAttribute("after")) || 0;
    this.kept = [];
    this.tabs = new BroadcastChannel("comity-live");
    this.tabs.onmessage = ({ data }) => this.hear(data);
    this.tabs.postMessage({ after: this.last });
    const { signal } = this.stop;
    const again = () => document.visibilityState === "visible" && this.wake?.();
    addEventListener("online", again, { signal });
    document.addEventListener("visibilitychange", again, { signal });
    addEventListener("pagehide", () => this.stop.abort(), { once: true });
    addEventListener("pageshow", (event) => event.persisted && location.reload(), { once: true });
    this.lead(signal);
  }

  disconnectedCallback() {
    this.stop.abort();
    this.tabs.close();
    clearTimeout(this.lost);
  }

  // One tab at a time holds the lock and reads; where a page may not lock (plain http), each tab reads for itself.
  async lead(signal) {
    const read = () => this.readOn(signal);
    if (!navigator.locks) return read();
    return navigator.locks.request("comity-live", { signal }, read).catch((error) => {
      if (error.name !== "AbortError") throw error;
    });
  }

  async readOn(signal) {
    while (!signal.aborted) {
      await this.read(signal).catch(() => {}); // a broken connection: the next try follows
      if (signal.aborted) return;
      this.tell({ state: "lost" });
      this.tries += 1;
      await new Promise((resolve) => {
        this.wake = resolve;
        setTimeout(resolve, pause(this.tries));
      });
    }
  }

  async read(signal) {
    const attempt = new AbortController();
    const isQuiet = () => setTimeout(() => attempt.abort(), SILENCE);
    let watch = isQuiet();
    const headers = { Accept: "text/event-stream", ...(this.last && { "Last-Event-ID": String(this.last) }) };
    try {
      const either = AbortSignal.any([attempt.signal, signal]);
      const answer = await fetch(this.getAttribute("src"), { headers, signal: either, cache: "no-store" });
      if (answer.status === 401) return this.tell({ state: "out" });
      if (!answer.ok) return;
      const parser = new Parser();
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
        clearTimeout(watch);
        watch = isQuiet();
        parser.feed(piece.value).forEach((event) => this.tell(event));
      }
    } finally {
      clearTimeout(watch);
      attempt.abort();
    }
  }

  // To this page and to the other tabs.
  tell(news) {
    this.kept = [...this.kept, news].slice(-KEPT);
    this.tabs.postMessage(news);
    this.take(news);
  }

  // From another tab: news of the one that reads, or the question of one that has just opened.
  hear(news) {
    if ("after" in news) this.kept.filter((each) => each.id > news.after).forEach((each) => this.tabs.postMessage(each));
    else this.take(news);
  }

  take(news) {
    if (news.state) return this.show(news.state);
    if (news.type === "ready") this.tries = 0;
    if (news.type === "ready" || news.type === "reset") this.show("open");
    if (news.type === "signed_out") return this.show("out");
    const isOld = news.id && news.id <= this.last && news.type !== "reset";
    this.last = Math.max(this.last, news.id);
    if (isOld || !news.type) return undefined;
    const data = news.data ? JSON.parse(news.data) : {};
    const detail = { id: news.id, type: news.type, subject: data.subject ?? "", data };
    return namesOf(news.type, detail.subject).forEach((name) => tell(document.body, name, detail));
  }

  show(state) {
    if (state === "out") return this.sayOut();
    if (state === "lost") {
      this.since ??= new Date();
      this.lost ??= setTimeout(() => this.sayOffline(), PATIENCE);
      return undefined;
    }
    clearTimeout(this.lost);
    this.lost = this.since = undefined;
    this.bar?.remove();
    if (document.body.classList.contains("is-offline")) tell(document.body, "live:back");
    return document.body.classList.remove("is-offline");
  }

  sayOffline() {
    const time = new Intl.DateTimeFormat(language(), { hour: "2-digit", minute: "2-digit" }).format(this.since);
    this.say(interpolate(gettext("Not connected since %(time)s. What you see may be older; we keep trying."), { time }));
    document.body.classList.add("is-offline");
  }

  sayOut() {
    this.stop.abort();
    const link = make("a", { class: "link", href: location.href }, gettext("Sign in"));
    this.say(gettext("You are signed out. What you typed is still here: copy it before you sign in."), link);
  }

  say(text, ...more) {
    this.bar?.remove();
    this.bar = make("div", { class: "offline-bar", role: "status" }, icon("wifi-off", "i-sm"), make("span", { class: "grow" }, text), ...more);
    document.body.prepend(this.bar);
  }
}

customElements.define("cm-live", Live);
