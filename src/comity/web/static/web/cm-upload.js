// <cm-upload upload-url="/drafts/7/files" max-bytes="25000000">
//   <input type="file" multiple hidden> <button type="button" data-pick>Attach</button> <div class="files"></div>
// </cm-upload>
// Files by button, by drop and by paste anywhere in the form around it (or in the element that `area` selects). Each
// goes to upload-url by itself (POST, field "file"); the answer is a fragment that takes its place in .files: a chip
// .att with a hidden field and a button data-remove (with hx-delete where the server must know). Without JavaScript
// the field itself is sent with the form: give it a name. From code: element.add(files).
// Events: cm-uploaded {html}, cm-upload-failed {file, reason}, cm-change after every change. busy: an upload is on its way.

import { icon, make, tell } from "./dom.js";
import { send, sizeText } from "./upload.js";
import { gettext, interpolate, language } from "./words.js";

class Upload extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input[type=file]");
    this.list = this.querySelector(".files") ?? this.appendChild(make("div", { class: "files" }));
    this.area = (this.getAttribute("area") && document.querySelector(this.getAttribute("area"))) || this.closest("form") || this;
    this.stop = new AbortController();
    const { signal } = this.stop;
    this.input?.removeAttribute("name");
    this.input?.addEventListener("change", () => this.addPicked(), { signal });
    this.addEventListener("click", (event) => this.click(event), { signal });
    this.area.addEventListener("cm-files", (event) => this.add(event.detail.files), { signal });
    this.area.addEventListener("paste", (event) => this.take(event, event.clipboardData), { signal });
    for (const name of ["dragover", "dragleave", "drop"]) this.area.addEventListener(name, (event) => this.drag(event), { signal });
    if (this.input?.files.length) this.addPicked(); // chosen before this was here
  }

  disconnectedCallback() {
    this.stop.abort();
  }

  get busy() {
    return Boolean(this.list.querySelector("progress"));
  }

  click(event) {
    if (event.target.closest("[data-pick]")) this.input?.click();
    const chip = event.target.closest("[data-remove]")?.closest(".att");
    if (!chip) return;
    const remove = () => {
      chip.remove();
      tell(this, "cm-change");
    };
    if (event.target.closest("[hx-delete]")) chip.addEventListener("htmx:afterRequest", (done) => done.detail.successful && remove(), { once: true });
    else remove();
  }

  addPicked() {
    this.add(this.input.files);
    this.input.value = "";
  }

  drag(event) {
    if (!event.dataTransfer?.types.includes("Files")) return;
    this.area.classList.toggle("is-over", event.type === "dragover");
    if (event.type === "dragover") event.preventDefault();
    if (event.type === "drop") this.take(event, event.dataTransfer);
  }

  take(event, data) {
    if (event.defaultPrevented || !data?.files.length || data.types.includes("text/html")) return;
    event.preventDefault();
    this.add(data.files);
  }

  add(files) {
    for (const file of files) this.put(file);
  }

  async put(file) {
    const bar = make("progress", { class: "meter", max: 100, value: 0 });
    const stop = new AbortController();
    const cancel = make("button", { type: "button", "aria-label": interpolate(gettext("Don’t send %(name)s"), { name: file.name }) }, icon("x", "i-sm"));
    const name = make("span", { class: "clip", dir: "auto" }, file.name || gettext("picture"));
    const chip = make("span", { class: "att" }, icon("paperclip"), name, make("span", { class: "muted" }, sizeText(file.size, language())), cancel, bar);
    cancel.addEventListener("click", () => (stop.abort(), chip.remove()));
    this.list.append(chip);
    const most = Number(this.getAttribute("max-bytes")) || Infinity;
    try {
      if (file.size > most) throw new Error(interpolate(gettext("Larger than %(most)s."), { most: sizeText(most, language()) }));
      const html = await send(this.getAttribute("upload-url"), file, { progress: (share) => (bar.value = share), signal: stop.signal });
      chip.outerHTML = html;
      globalThis.htmx?.process(this.list);
      tell(this, "cm-uploaded", { html });
      tell(this, "cm-change");
    } catch (error) {
      this.fail(chip, bar, file, error.message);
    }
  }

  fail(chip, bar, file, reason) {
    if (!chip.isConnected) return;
    bar.remove();
    chip.classList.add("bad");
    chip.querySelector(".muted").textContent = reason;
    chip.setAttribute("role", "alert");
    tell(this, "cm-upload-failed", { file, reason });
  }
}

customElements.define("cm-upload", Upload);
