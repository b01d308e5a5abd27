// <cm-mail data-frame="/messages/12/frame"><iframe …></iframe></cm-mail>: a mail in a frame that can't run anything.
// This page gives the frame the height of what is in it, keeps its light or dark in step, and asks for pictures from
// elsewhere when the reader wants them ([data-pictures]).

class Mail extends HTMLElement {
  connectedCallback() {
    this.frame = this.querySelector("iframe");
    this.frame.addEventListener("load", () => this.read());
    this.querySelector("[data-pictures]")?.addEventListener("click", () => this.showPictures());
    this.theme = new MutationObserver(() => this.dress());
    this.theme.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    this.read();
  }

  disconnectedCallback() {
    this.theme.disconnect();
    this.size?.disconnect();
  }

  get page() {
    const page = this.frame.contentDocument;
    return page?.body && page.URL !== "about:blank" ? page : null;
  }

  read() {
    if (!this.page) return;
    this.frame.classList.toggle("is-coloured", this.page.body.classList.contains("coloured"));
    this.dress();
    this.size?.disconnect();
    this.size = new ResizeObserver(() => this.fit());
    this.size.observe(this.page.documentElement);
    this.fit();
  }

  fit() {
    if (!this.page) return;
    const height = Math.ceil(this.page.documentElement.getBoundingClientRect().height);
    if (height && Math.abs(height - this.frame.offsetHeight) > 1) this.frame.style.blockSize = `${height}px`;
  }

  dress() {
    if (!this.page) return;
    const { theme } = document.documentElement.dataset;
    if (theme) this.page.documentElement.dataset.theme = theme;
    else delete this.page.documentElement.dataset.theme;
  }

  showPictures() {
    this.querySelector("[data-pictures-bar]")?.remove();
    this.frame.loading = "eager";
    this.frame.src = `${this.dataset.frame}?pictures=1`;
  }
}

customElements.define("cm-mail", Mail);
