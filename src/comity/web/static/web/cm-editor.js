// <cm-editor upload-url="/drafts/7/files" mentions-url="/people/mentionable" tools="bold italic link list">
//   <textarea name="body" placeholder="Write to Anna…" aria-label="Reply">&lt;p&gt;…&lt;/p&gt;</textarea>
// </cm-editor>
// A rich editor over a textarea: the textarea holds the HTML, is what is sent, and remains without JavaScript.
//
//   upload-url     pasted and dropped pictures go there (editor-files.js); other files are told as cm-files {files},
//                  which a <cm-upload> in the same form takes
//   mentions-url   @ asks it for people (editor-mentions.js)
//   enter-sends    Enter is told as cm-enter instead of beginning a line; Shift Enter begins one
//   tools          which buttons, with spaces; all of them without the attribute; "" for none (editor-bar.js)
//   tall           room for a long text
//
// Events: cm-ready; cm-change {html, text, isEmpty}; the textarea also gets "input", so hx-trigger and <cm-autosave>
// see it. From code: value, text, isEmpty, focus(), insert(html), clear(). Shift Tab always leaves the editor.

import { tell } from "./dom.js";
import { bar } from "./editor-bar.js";
import { files } from "./editor-files.js";
import { mentions } from "./editor-mentions.js";
import { clean, tidy } from "./editor-paste.js";

const LIBRARY = "../vendor/editor-3.32.2/editor.js";

// Shift Tab leaves the editor; Ctrl Enter sends; Escape is the page's unless it closes the list of people.
const isForThePage = (element, event) =>
  (event.key === "Tab" && event.shiftKey) ||
  (event.key === "Enter" && (event.ctrlKey || event.metaKey)) ||
  (event.key === "Escape" && !element.querySelector(".ed-mentions"));

const isSending = (element, event) => event.key === "Enter" && element.hasAttribute("enter-sends") && !event.shiftKey && !event.altKey && !event.ctrlKey && !event.metaKey && !event.isComposing;

class RichEditor extends HTMLElement {
  async connectedCallback() {
    if (this.editor || this.isStarting) return;
    this.isStarting = true;
    this.area = this.querySelector("textarea");
    const library = await import(LIBRARY);
    if (!this.isConnected) return;
    this.start(library);
  }

  disconnectedCallback() {
    // Moved, not gone: htmx keeps an element by moving it.
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.editor?.destroy();
      this.editor = undefined;
    });
  }

  start(library) {
    const { Editor, StarterKit, Image, TableKit, Placeholder } = library;
    const { area } = this;
    const upload = files(this, library);
    this.editor = new Editor({
      element: this,
      content: area.value,
      parseOptions: { preserveWhitespace: true }, // a draft goes on exactly where it was left, spaces at its end included
      injectCSS: false,
      autofocus: document.activeElement === area ? "end" : false,
      editable: !area.disabled && !area.readOnly,
      extensions: [
        StarterKit.configure({ heading: { levels: [2, 3] }, link: { openOnClick: false, autolink: true, defaultProtocol: "https", HTMLAttributes: { target: null, rel: null } } }),
        Image.configure({ inline: true }).extend({ addAttributes: () => upload.attributes }),
        TableKit.configure({ table: { resizable: false } }),
        Placeholder.configure({ placeholder: () => area.placeholder }),
        ...(this.hasAttribute("mentions-url") ? [mentions(this, library)] : []),
      ],
      editorProps: {
        attributes: { class: "prose ed-text", role: "textbox", "aria-multiline": "true", "aria-label": area.getAttribute("aria-label") || area.labels[0]?.textContent.trim() || "", dir: "auto", spellcheck: "true" },
        transformPastedHTML: clean,
        handlePaste: (view, event) => upload.take(event, event.clipboardData),
        handleDrop: (view, event) => upload.take(event, event.dataTransfer),
        handleDOMEvents: { keydown: (view, event) => this.enter(event) || isForThePage(this, event) },
      },
      onUpdate: () => this.changed(),
    });
    this.editor.commands.setTextSelection(this.editor.state.doc.content.size); // where one goes on writing
    area.hidden = true;
    area.addEventListener("focus", () => this.focus());
    this.bar = bar(this, upload);
    tell(this, "cm-ready");
  }

  enter(event) {
    if (!isSending(this, event)) return false;
    event.preventDefault();
    tell(this, "cm-enter");
    return true;
  }

  changed() {
    this.area.value = this.value;
    this.area.dispatchEvent(new Event("input", { bubbles: true }));
    tell(this, "cm-change", { html: this.area.value, text: this.text, isEmpty: this.isEmpty });
  }

  // The HTML that may be kept; "" when nothing is there.
  get value() {
    if (!this.editor) return this.area?.value ?? "";
    return this.isEmpty ? "" : tidy(this.editor.getHTML());
  }

  set value(html) {
    if (this.editor) this.editor.commands.setContent(html, { emitUpdate: true });
    else this.querySelector("textarea").value = html;
  }

  get text() {
    return this.editor?.getText() ?? this.area?.value ?? "";
  }

  get isEmpty() {
    return this.editor ? this.editor.isEmpty : !this.area?.value.trim();
  }

  focus() {
    if (this.editor) this.editor.view.focus(); // at once; the command waits for a frame, and a letter typed meanwhile would be a key of the page
    else this.querySelector("textarea")?.focus();
  }

  // HTML, or a node such as {type: "text", text}.
  insert(content) {
    this.editor?.chain().focus().insertContent(content).run();
  }

  clear() {
    this.editor?.commands.clearContent(true);
  }
}

customElements.define("cm-editor", RichEditor);
