// The buttons of <cm-editor>: one tab stop, arrow keys between them, each says whether it is on.

import { step } from "./cm-seg.js";
import { icon, make } from "./dom.js";
import { gettext } from "./words.js";

const tools = () => ({
  bold: ["bold", gettext("Bold"), (chain) => chain.toggleBold(), "bold"],
  italic: ["italic", gettext("Italic"), (chain) => chain.toggleItalic(), "italic"],
  underline: ["underline", gettext("Underline"), (chain) => chain.toggleUnderline(), "underline"],
  strike: ["strikethrough", gettext("Strike through"), (chain) => chain.toggleStrike(), "strike"],
  link: ["link", gettext("Link"), null, "link"],
  list: ["list", gettext("List"), (chain) => chain.toggleBulletList(), "bulletList"],
  numbers: ["list-ordered", gettext("Numbered list"), (chain) => chain.toggleOrderedList(), "orderedList"],
  quote: ["text-quote", gettext("Quote"), (chain) => chain.toggleBlockquote(), "blockquote"],
  code: ["code", gettext("Code"), (chain) => chain.toggleCodeBlock(), "codeBlock"],
  table: ["table", gettext("Table"), (chain, editor) => (editor.isActive("table") ? chain.deleteTable() : chain.insertTable({ rows: 3, cols: 3, withHeaderRow: true })), "table"],
  image: ["image", gettext("Picture"), null, "image"],
});

export function bar(element, upload) {
  const { editor } = element;
  const all = tools();
  const wanted = element.getAttribute("tools")?.split(/\s+/).filter(Boolean) ?? Object.keys(all);
  const row = make("div", { class: "ed-bar", role: "toolbar", "aria-label": gettext("Formatting") });
  for (const name of wanted) {
    if (!(name in all) || (name === "image" && !element.hasAttribute("upload-url"))) continue;
    const [glyph, label] = all[name];
    row.append(make("button", { type: "button", class: "icon-btn sm", "data-tool": name, "aria-label": label, title: label, "aria-pressed": "false", tabindex: "-1" }, icon(glyph)));
  }
  const buttons = [...row.children];
  if (buttons.length === 0) return row;
  buttons[0].tabIndex = 0;
  row.addEventListener("mousedown", (event) => event.preventDefault()); // the selection stays in the text
  row.addEventListener("click", (event) => {
    const name = event.target.closest("button")?.dataset.tool;
    if (name === "link") askLink(editor, row);
    else if (name === "image") pickPicture(upload);
    else if (name) all[name][2](editor.chain().focus(), editor).run();
  });
  row.addEventListener("keydown", (event) => {
    const next = step(event.key, buttons.indexOf(document.activeElement), buttons.length, getComputedStyle(row).direction === "rtl");
    if (next < 0) return;
    event.preventDefault();
    buttons.forEach((button, at) => (button.tabIndex = at === next ? 0 : -1));
    buttons[next].focus();
  });
  const refresh = () => buttons.forEach((button) => button.setAttribute("aria-pressed", String(editor.isActive(all[button.dataset.tool][3]))));
  editor.on("transaction", refresh);
  element.prepend(row);
  return row;
}

function askLink(editor, row) {
  row.parentElement.querySelector(".ed-link")?.remove();
  const address = make("input", { class: "input", type: "text", inputmode: "url", placeholder: "https://", "aria-label": gettext("Address of the link"), value: editor.getAttributes("link").href ?? "" });
  const set = make("button", { type: "button", class: "btn btn-sm" }, gettext("Set"));
  const remove = make("button", { type: "button", class: "btn btn-ghost btn-sm" }, gettext("No link"));
  const line = make("div", { class: "ed-link" }, address, set, remove);
  const done = (href) => {
    line.remove();
    const chain = editor.chain().focus().extendMarkRange("link");
    if (!href) chain.unsetLink().run();
    else if (editor.state.selection.empty && !editor.isActive("link")) chain.insertContent({ type: "text", text: href, marks: [{ type: "link", attrs: { href } }] }).run();
    else chain.setLink({ href }).run();
  };
  set.addEventListener("click", () => done(withScheme(address.value)));
  remove.addEventListener("click", () => done(""));
  address.addEventListener("keydown", (event) => {
    if (event.key === "Enter") (event.preventDefault(), done(withScheme(address.value)));
    if (event.key === "Escape") (event.stopPropagation(), line.remove(), editor.commands.focus());
  });
  row.after(line);
  address.select();
}

// "example.org" means https; an address for mail means mailto; anything else with a scheme of its own must be known.
export function withScheme(text) {
  const address = text.trim();
  if (!address || /^(https?:|mailto:|tel:)/i.test(address)) return address;
  if (/^[a-z][a-z0-9+.-]*:(?!\d)/i.test(address)) return "";
  return /^[^\s/@]+@[^\s/@]+$/.test(address) ? `mailto:${address}` : `https://${address}`;
}

function pickPicture(upload) {
  const input = make("input", { type: "file", accept: "image/*", multiple: true });
  input.addEventListener("change", () => upload.add([...input.files]));
  input.click();
}
