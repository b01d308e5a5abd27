// <form>… <cm-autosave url="/drafts/7"><span data-saved></span></cm-autosave></form>
// Saves the form around it while somebody types: half a second after the last key, at the latest each second and a
// half, and when the page goes away. The form goes to url (POST); the answer is JSON, and each of its fields that the
// form has as a hidden field is taken over (a version). 409 means that it was changed elsewhere: saving stops.
// Attribute: url. Events: cm-saved {answer}, cm-save-failed {status, answer}. From code: await element.now().

import { csrf, tell } from "./dom.js";
import { gettext } from "./words.js";

const QUIET = 500, LONGEST = 1500;

class Autosave extends HTMLElement {
  connectedCallback() {
    this.form = this.closest("form");
    this.stop = new AbortController();
    const { signal } = this.stop;
    for (const name of ["input", "change", "cm-change"]) this.form.addEventListener(name, () => this.soon(), { signal });
    this.form.addEventListener("submit", () => this.rest(), { signal });
    addEventListener("pagehide", () => this.isDirty && this.save(true), { signal });
    document.addEventListener("visibilitychange", () => document.hidden && this.isDirty && this.save(true), { signal });
  }

  disconnectedCallback() {
    if (this.isDirty) this.save(true);
    this.rest();
    this.stop.abort();
  }

  soon() {
    if (this.isStopped) return;
    this.since ??= Date.now();
    this.isDirty = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), Math.max(0, Math.min(QUIET, this.since + LONGEST - Date.now())));
  }

  rest() {
    clearTimeout(this.timer);
    this.isDirty = false;
  }

  // Saves at once what is not saved, and waits for it.
  async now() {
    while (this.isDirty && !this.isStopped) await this.save();
    return this.running;
  }

  save(isLeaving = false) {
    this.rest();
    this.since = undefined;
    const send = () => this.send(isLeaving);
    this.running = isLeaving ? send() : (this.running ?? Promise.resolve()).then(send);
    return this.running;
  }

  async send(keepalive) {
    const headers = { "X-CSRFToken": csrf(), Accept: "application/json", "HX-Request": "true" };
    try {
      const answer = await fetch(this.getAttribute("url"), { method: "POST", body: new FormData(this.form), headers, keepalive });
      const said = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : {};
      if (!answer.ok) return this.failed(answer.status, said);
      for (const [name, value] of Object.entries(said)) {
        const field = this.form.elements[name];
        if (field?.type === "hidden") field.value = value;
      }
      this.say(gettext("Saved"));
      tell(this, "cm-saved", { answer: said });
    } catch {
      this.failed(0, {});
      this.timer = setTimeout(() => this.save(), 3000);
      this.isDirty = true;
    }
  }

  failed(status, answer) {
    this.isStopped = status === 409;
    this.say(status === 409 ? gettext("Changed elsewhere") : gettext("Not saved yet"));
    tell(this, "cm-save-failed", { status, answer });
  }

  say(text) {
    const place = this.querySelector("[data-saved]");
    if (place) place.textContent = text;
  }
}

customElements.define("cm-autosave", Autosave);
