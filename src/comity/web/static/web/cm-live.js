// <cm-live src="/live"></cm-live>: what happens elsewhere, as DOM events on <body>, so that fragments refresh themselves:
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

class Live extends HTMLElement {
  connectedCallback() {
    this.stop = new AbortController();
    this.tries = 0;
    this.last = "";
    this.tabs = new BroadcastChannel("comity-live");
    this.tabs.onmessage = ({ data }) => (data.state ? this.show(data.state) : this.hand(data));
    const again = () => document.visibilityState === "visible" && this.wake?.();
    addEventListener("online", again, { signal: this.stop.signal });
    document.addEventListener("visibilitychange", again, { signal: this.stop.signal });
    addEventListener("pagehide", () => this.stop.abort(), { once: true });
    addEventListener("pageshow", (event) => event.persisted && location.reload(), { once: true });
    this.lead();
  }

  disconnectedCallback() {
    this.stop.abort();
    this.tabs.close();
    clearTimeout(this.lost);
  }

  // One tab at a time holds the lock and reads; where a page may not lock (plain http), each tab reads for itself.
  async lead() {
    const read = () => this.readOn();
    const { signal } = this.stop;
    if (!navigator.locks) return read();
    return navigator.locks.request("comity-live", { signal }, read).catch((error) => {
      if (error.name !== "AbortError") throw error;
    });
  }

  async readOn() {
    while (!this.stop.signal.aborted) {
      try {
        await this.read();
      } catch {
        if (this.stop.signal.aborted) return;
      }
      this.tell("lost");
      this.tries += 1;
      await new Promise((resolve) => {
        this.wake = resolve;
        setTimeout(resolve, pause(this.tries));
      });
    }
  }

  async read() {
    const attempt = new AbortController();
    const signal = AbortSignal.any([attempt.signal, this.stop.signal]);
    let watch = setTimeout(() => attempt.abort(), SILENCE);
    const headers = { Accept: "text/event-stream", ...(this.last && { "Last-Event-ID": this.last }) };
    try {
      const answer = await fetch(this.getAttribute("src"), { headers, signal, cache: "no-store" });
      if (answer.status === 401 || answer.status === 403) return location.reload(); // signed out elsewhere
      if (!answer.ok || !answer.headers.get("Content-Type")?.startsWith("text/event-stream")) return;
      const parser = new Parser();
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      this.tries = 0;
      this.tell("open");
      for (;;) {
        const { value, done } = await reader.read();
        if (done) return;
        clearTimeout(watch);
        watch = setTimeout(() => attempt.abort(), SILENCE);
        for (const event of parser.feed(value)) {
          this.tabs.postMessage(event);
          this.hand(event);
        }
      }
    } finally {
      clearTimeout(watch);
      attempt.abort();
    }
  }

  hand({ id, type, data }) {
    if (id) this.last = id;
    const known = data ? JSON.parse(data) : {};
    const detail = { id, type, subject: known.subject ?? "", data: known };
    for (const name of namesOf(type, detail.subject)) tell(document.body, name, detail);
  }

  tell(state) {
    this.tabs.postMessage({ state });
    this.show(state);
  }

  show(state) {
    if (state === "lost") {
      this.since ??= new Date();
      this.lost ??= setTimeout(() => this.sayOffline(), PATIENCE);
      return;
    }
    clearTimeout(this.lost);
    const wasOffline = document.body.classList.contains("is-offline");
    this.lost = this.since = undefined;
    this.bar?.remove();
    document.body.classList.remove("is-offline");
    if (wasOffline) tell(document.body, "live:back");
  }

  sayOffline() {
    const time = new Intl.DateTimeFormat(language(), { hour: "2-digit", minute: "2-digit" }).format(this.since);
    const text = interpolate(gettext("Not connected since %(time)s. What you see may be older; we keep trying."), { time });
    this.bar = make("div", { class: "offline-bar", role: "status" }, icon("wifi-off", "i-sm"), make("span", { class: "grow" }, text));
    document.body.prepend(this.bar);
    document.body.classList.add("is-offline");
  }
}

customElements.define("cm-live", Live);
