// The shell's behaviour on every page. Heavier elements are fetched when a page has them.

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
import { start as presence } from "./presence.js";
import { start as theme } from "./theme.js";

const LATER = ["cm-autosave", "cm-chips", "cm-editor", "cm-ring", "cm-tour", "cm-upload"];

function fetchWhatIsThere() {
  for (const name of LATER) {
    if (!customElements.get(name) && document.querySelector(name)) import(`./${name}.js`);
  }
}

answers();
dialogs();
presence();
theme();
fetchWhatIsThere();
document.addEventListener("htmx:load", fetchWhatIsThere);
