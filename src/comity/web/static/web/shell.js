// The shell's behaviour on every page. Heavier elements are fetched when a page has them, as scripts of its own: a page
// counts as loaded only when what it shows also works.

import "./cm-ago.js";
import "./cm-countdown.js";
import "./cm-keys.js";
import "./cm-live.js";
import "./cm-palette.js";
import "./cm-seg.js";
import "./cm-toast.js";
import "./cm-undo.js";
import { start as answers } from "./answers.js";
import { start as dialogs } from "./dialogs.js";
import { make } from "./dom.js";
import { start as presence } from "./presence.js";
import { start as theme } from "./theme.js";

const LATER = ["cm-autosave", "cm-chips", "cm-editor", "cm-ring", "cm-tour", "cm-upload"];

function fetchWhatIsThere() {
  for (const name of LATER) {
    if (document.querySelector(name) && !customElements.get(name) && !document.querySelector(`script[data-for=${name}]`)) fetchElement(name);
  }
}

function fetchElement(name) {
  const script = make("script", { type: "module", src: new URL(`./${name}.js`, import.meta.url).pathname, "data-for": name });
  script.addEventListener("error", () => script.remove()); // asked for again with the next part of the page
  document.head.append(script);
}

answers();
dialogs();
presence();
theme();
fetchWhatIsThere();
document.addEventListener("htmx:load", fetchWhatIsThere);
