// <cm-copy data-word="Copy" data-done="Copied"><input readonly value="…"></cm-copy>
// Adds a button that copies the field. Without JavaScript the text can still be selected.

class Copy extends HTMLElement {
  connectedCallback() {
    if (this.querySelector("button") || !navigator.clipboard) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn";
    button.textContent = this.dataset.word;
    button.setAttribute("aria-live", "polite");
    button.addEventListener("click", async () => {
      const field = this.querySelector("input");
      field.select();
      await navigator.clipboard.writeText(field.value);
      button.textContent = this.dataset.done;
    });
    this.append(button);
  }
}

customElements.define("cm-copy", Copy);
