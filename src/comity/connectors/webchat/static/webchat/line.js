// The connection of the tab in the lead: it reads the stream, posts what waits, and tries again for as long as it takes.

import { deliver, pause } from "./outbox.js";
import { read } from "./stream.js";

const QUIET = 25_000; // ms without a sign of life after which a stream is doubted; the server gives one each 20 s

export class Line {
  // `hear` gets each event of the stream, and {type: "lost"} when it broke; `cut` hears that there is no connection;
  // `told` what became of a letter: "stored", "refused" with the problem, or "waits".
  constructor({ session, tab, outbox, hear, cut, told }) {
    Object.assign(this, { session, tab, outbox, hear, told });
    this.isCut = cut;
    this.sleepers = new Set();
  }

  // The event up to which the stream was heard, in this tab or another. The tab's next page goes on from there, so what
  // came while that was on its way is told, too.
  get last() {
    return this.tab.get("last") ?? "";
  }

  set last(id) {
    this.tab.set("last", id || null);
  }

  // Runs while this tab leads.
  async lead(signal) {
    this.signal = signal;
    this.kick();
    await this.listen(signal);
  }

  async listen(signal) {
    for (let tries = 0; !signal.aborted; ) {
      let asked = 0;
      try {
        await this.session.ensure();
        const hear = (event) => {
          tries = 0;
          this.hear(event);
        };
        this.lives();
        this.isReading = true;
        await read({ url: this.session.url("stream"), token: this.session.token, last: this.last, signal: this.attempt(signal), hear, alive: () => this.lives() });
      } catch (problem) {
        if (problem.status === 401) this.session.forget(this.session.token);
        asked = problem.after ?? 0;
      } finally {
        this.isReading = false;
      }
      if (signal.aborted) return;
      if (this.isHurried) {
        this.isHurried = false;
        continue;
      }
      this.hear({ id: "", type: "lost", data: "{}" });
      tries += 1;
      await this.rest(pause(tries, asked), signal);
    }
  }

  // One reading of the stream: `cut` ends it, when something else has shown that there is no connection.
  attempt(signal) {
    const attempt = new AbortController();
    signal.addEventListener("abort", () => attempt.abort(), { once: true });
    this.hangUp = () => attempt.abort();
    return attempt.signal;
  }

  cut() {
    this.hangUp?.();
    this.isCut();
  }

  // Sleeps, unless it is woken or all ends.
  rest(ms, signal) {
    return new Promise((resolve) => {
      const up = () => {
        clearTimeout(timer);
        this.sleepers.delete(up);
        signal.removeEventListener("abort", up);
        resolve();
      };
      const timer = setTimeout(up, ms);
      this.sleepers.add(up);
      signal.addEventListener("abort", up);
    });
  }

  // The connection is back, the tab is looked at again, somebody typed: no more waiting.
  wake() {
    this.sleepers.forEach((up) => up());
  }

  lives() {
    this.livesAt = Date.now();
  }

  // The device slept, or came to another network: a stream that was silent meanwhile may be dead and not know it yet.
  hurry(isCertain) {
    if (this.isReading && (isCertain || Date.now() - this.livesAt > QUIET)) {
      this.isHurried = true;
      this.hangUp();
    }
    this.wake();
  }

  // Posts what waits, where this tab leads.
  async kick() {
    if (this.isPosting || !this.signal || this.signal.aborted) return;
    this.isPosting = true;
    const rest = async (tries, problem) => {
      if (problem.status === 0) this.cut();
      this.told("waits");
      await this.rest(pause(tries, problem.after), this.signal);
      return !this.signal.aborted; // this tab may have given the lead away and got it back meanwhile
    };
    try {
      await deliver({ outbox: this.outbox, post: (letter) => this.post(letter), rest, tell: this.told });
    } finally {
      this.isPosting = false;
    }
  }

  post({ key, place, text, attachments, form }) {
    const { conversation = null, thread = null } = place;
    const body = { key, conversation, thread, text, attachments: attachments.map((file) => file.id), form: form ?? {} };
    return this.session.call("POST", "messages", body);
  }
}
