// Who the visitor is to the server: a token of this site's own, and every call that carries it. No cookies.

import { prove } from "./proof.js";

// What the server refused, or status 0 where no answer came.
export class Problem extends Error {
  constructor(status, { code = "", detail = "" } = {}, after = 0) {
    super(detail || `status ${status}`);
    Object.assign(this, { status, code, detail, after });
  }
}

export class Session {
  // `about()` gives {language, zone, page} of this moment; `lost()` hears that the token counts no more.
  constructor({ base, key, store, tabs, about, challenge = null, lost = () => {} }) {
    Object.assign(this, { base, key, store, tabs, about, challenge, lost });
  }

  get token() {
    return this.store.get("token")?.token ?? null;
  }

  // Becomes a visitor where this browser is none yet; one tab does it for all.
  async ensure() {
    if (this.token) return;
    await this.tabs.alone("visitor", async () => {
      if (this.token) return;
      this.keep(await this.become(this.challenge));
    });
  }

  // Under attack the server asks for some work first; what it asked when the page was opened may have changed since.
  async become(challenge, isAgain = false) {
    const body = { ...this.about(), identity: null, proof: challenge ? await prove(challenge) : null };
    try {
      return await this.ask("POST", `widgets/${this.key}/visitors`, body);
    } catch (problem) {
      if (problem.code !== "proof" || isAgain) throw problem;
      const settings = await this.ask("GET", `widgets/${this.key}?language=${body.language}&now=${Date.now()}`);
      return this.become(settings.challenge, true);
    }
  }

  keep({ token, expires_at }) {
    this.store.set("token", { token, made_at: Date.now(), expires_at: Date.parse(expires_at) });
  }

  // A token whose life is half over is changed for a new one.
  async renew() {
    const kept = this.store.get("token");
    if (!kept?.expires_at || Date.now() < (kept.made_at + kept.expires_at) / 2) return;
    await this.tabs.alone("visitor", async () => {
      if (this.token === kept.token) this.keep(await this.call("POST", "token", {}));
    });
  }

  async call(method, path, body) {
    await this.ensure();
    return this.ask(method, path, body, this.token);
  }

  async ask(method, path, body, token = null) {
    const headers = { Accept: "application/json" };
    if (body !== undefined) headers["Content-Type"] = "application/json";
    if (token) headers.Authorization = `Bearer ${token}`;
    let answer;
    try {
      answer = await fetch(this.url(path), { method, headers, body: body === undefined ? undefined : JSON.stringify(body), credentials: "omit" });
    } catch {
      throw new Problem(0); // no connection, or nobody there
    }
    return this.read(answer, token);
  }

  async read(answer, token) {
    if (answer.ok) return answer.status === 204 ? null : answer.json().catch(() => Promise.reject(new Problem(0))); // cut off, or not ours
    if (answer.status === 401 && token) this.forget(token);
    const said = await answer.json().catch(() => ({}));
    throw new Problem(answer.status, said, Number(answer.headers.get("Retry-After")) || 0);
  }

  forget(token) {
    if (token !== this.token) return; // another tab has a new one already
    this.store.set("token", null);
    this.lost();
  }

  // Sends one file; `progress` hears 0 to 100. Resolves to what the server made of it.
  async upload(file, { progress = () => {}, signal } = {}) {
    await this.ensure();
    return new Promise((resolve, reject) => {
      const form = new FormData();
      form.append("file", file, file.name || "file");
      const request = new XMLHttpRequest();
      request.open("POST", this.url("uploads"));
      request.setRequestHeader("Authorization", `Bearer ${this.token}`);
      request.upload.onprogress = (event) => event.lengthComputable && progress(Math.round((100 * event.loaded) / event.total));
      request.onload = () => (request.status < 300 ? resolve(said(request)) : reject(new Problem(request.status, said(request))));
      request.onerror = () => reject(new Problem(0));
      signal?.addEventListener("abort", () => request.abort());
      request.send(form);
    });
  }

  async logout() {
    if (this.token) await this.ask("DELETE", "token", undefined, this.token).catch(() => {}); // the server forgets it at its end anyway
    this.store.clear();
  }

  url(path) {
    return `${this.base}chat/v1/${path}`;
  }
}

function said(request) {
  try {
    return JSON.parse(request.responseText);
  } catch {
    return {}; // an answer of something in between, such as a proxy
  }
}
