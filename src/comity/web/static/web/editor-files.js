// Pictures and files that are pasted or dropped into <cm-editor>. A picture stands in the text at once, is sent to
// upload-url (POST file, inline=1, asking for JSON {url, id}) and then shown from there; data-file keeps its id.

import { tell } from "./dom.js";
import { toast } from "./cm-toast.js";
import { send } from "./upload.js";

export function files(element) {
  const attribute = (name) => ({ default: null, parseHTML: (node) => node.getAttribute(name) });
  const kept = (name) => ({ ...attribute(`data-${name}`), renderHTML: (all) => (all[name] ? { [`data-${name}`]: all[name] } : {}) });
  return {
    attributes: { src: attribute("src"), alt: attribute("alt"), file: kept("file") },
    take: (event, data) => take(element, event, data),
    add: (list) => add(element, list),
  };
}

function take(element, event, data) {
  const list = [...(data?.files ?? [])];
  if (list.length === 0 || data.types.includes("text/html")) return false; // a spreadsheet brings a picture of itself
  event.preventDefault();
  add(element, list);
  return true;
}

function add(element, list) {
  const isPicture = (file) => file.type.startsWith("image/") && element.hasAttribute("upload-url");
  for (const file of list.filter(isPicture)) put(element, file);
  const others = list.filter((file) => !isPicture(file));
  if (others.length) tell(element, "cm-files", { files: others });
}

async function put(element, file) {
  const { editor } = element;
  const preview = URL.createObjectURL(file);
  editor.chain().focus().setImage({ src: preview, alt: file.name }).run();
  try {
    const answer = await send(element.getAttribute("upload-url"), file, { fields: { inline: "1" }, accept: "application/json" });
    const { url, id } = JSON.parse(answer);
    change(editor, preview, (node, at, tr) => tr.setNodeMarkup(at, undefined, { ...node.attrs, src: url, file: String(id) }));
  } catch (error) {
    change(editor, preview, (node, at, tr) => tr.delete(at, at + node.nodeSize));
    if (error.message) toast(`${file.name}: ${error.message}`, { tone: "bad" });
  } finally {
    URL.revokeObjectURL(preview);
  }
}

// Finds the picture with that address, wherever it has moved to, and changes it.
function change(editor, src, how) {
  const { state, view } = editor;
  const { tr } = state;
  state.doc.descendants((node, at) => {
    if (node.type.name !== "image" || node.attrs.src !== src || tr.docChanged) return;
    how(node, at, tr);
  });
  if (tr.docChanged) view.dispatch(tr);
}
