// A chat inbox in the settings.
// <cm-snippet><code>…</code><button data-copy>…</button><span role="status" data-said="Copied"></span></cm-snippet>
// <cm-preview form="connection" src="/…/preview"><iframe></iframe></cm-preview>: follows what is typed into that form.

const RESTS = 600; // ms after the last change

class Snippet extends HTMLElement {
  connectedCallback() {
    this.querySelector("[data-copy]").addEventListener("click", () => this.copy());
  }

  async copy() {
    const code = this.querySelector("code");
    try {
      await navigator.clipboard.writeText(code.textContent);
    } catch {
      getSelection().selectAllChildren(code); // no clipboard without https: it is marked, and Ctrl C takes it
      return;
    }
    const said = this.querySelector("[role=status]");
    said.textContent = said.dataset.said;
    said.classList.remove("sr");
  }
}

class Preview extends HTMLElement {
  connectedCallback() {
    const form = document.getElementById(this.getAttribute("form"));
    form?.addEventListener("input", () => this.follow(form));
  }

  follow(form) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.show(form), RESTS);
  }

  show(form) {
    const values = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      if (typeof value === "string" && !["csrfmiddlewaretoken", "identify_secret"].includes(name)) values.append(name, value);
    }
    this.querySelector("iframe").src = `${this.getAttribute("src")}?${values}`;
  }
}

customElements.define("cm-snippet", Snippet);
customElements.define("cm-preview", Preview);
