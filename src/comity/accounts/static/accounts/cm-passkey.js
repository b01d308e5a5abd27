// <cm-passkey data-action="get" data-options="id of a JSON script" data-failed="That did not work.">
//   <form><input type="hidden" name="credential"><button type="button">Use a passkey</button></form>
// </cm-passkey>
// Asks the browser for a passkey (get) or to make one (create), and sends the form with its answer. With
// data-options-url the options are fetched when they are needed. Where passkeys can't work a hidden element stays
// hidden, and a visible one says data-missing.

export function toBytes(text) {
  const base64 = text.replaceAll("-", "+").replaceAll("_", "/");
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}

export function toText(bytes) {
  const letters = String.fromCharCode(...new Uint8Array(bytes));
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

// Passkeys belong to a name: browsers refuse them under an address such as 127.0.0.1 or [::1].
export function isNumber(host) {
  return /^[\d.]+$/.test(host) || host.includes(":");
}

export function readable(options) {
  const wanted = structuredClone(options.publicKey);
  wanted.challenge = toBytes(wanted.challenge);
  if (wanted.user) wanted.user.id = toBytes(wanted.user.id);
  for (const list of ["allowCredentials", "excludeCredentials"]) {
    for (const each of wanted[list] ?? []) each.id = toBytes(each.id);
  }
  return wanted;
}

export function sendable(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = toText(credential.response[name]);
  }
  if (credential.response.getTransports) response.transports = credential.response.getTransports();
  return {
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    response,
    clientExtensionResults: credential.getClientExtensionResults(),
  };
}

class Passkey extends HTMLElement {
  connectedCallback() {
    if (!window.PublicKeyCredential || isNumber(location.hostname)) {
      if (!this.hidden) this.say(this.dataset.missing);
      return;
    }
    this.hidden = false;
    this.form = this.querySelector("form");
    this.querySelector("button").addEventListener("click", () => this.use());
    this.form.addEventListener("submit", (event) => {
      if (this.form.elements.credential.value) return;
      event.preventDefault(); // Enter in a field
      this.use();
    });
  }

  async use() {
    try {
      const credential = await this.ask(readable(await this.options()));
      this.form.elements.credential.value = JSON.stringify(sendable(credential));
      this.form.submit();
    } catch {
      this.say(this.dataset.failed);
    }
  }

  ask(publicKey) {
    if (this.dataset.action === "get") return navigator.credentials.get({ publicKey });
    const alone = this.form.elements.passwordless?.checked ?? false;
    const wanted = publicKey.authenticatorSelection;
    wanted.residentKey = alone ? "required" : "discouraged";
    wanted.requireResidentKey = alone;
    if (alone) wanted.userVerification = "required";
    return navigator.credentials.create({ publicKey });
  }

  async options() {
    if (!this.dataset.optionsUrl) {
      const data = JSON.parse(document.getElementById(this.dataset.options).textContent);
      return data.creation_options ?? data.request_options;
    }
    const answer = await fetch(this.dataset.optionsUrl, { headers: { Accept: "application/json" } });
    return (await answer.json()).request_options;
  }

  say(words) {
    const place = this.querySelector("[role=alert]") ?? this.appendChild(document.createElement("p"));
    place.setAttribute("role", "alert");
    place.className = "hint error";
    place.textContent = words;
  }
}

customElements.define("cm-passkey", Passkey);
