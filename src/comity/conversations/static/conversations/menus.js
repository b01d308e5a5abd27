// Menus that are fetched when they are opened, all in one popover, #act-menu. No element of its own.
//
//   data-menu="/conversations/42/snooze"   on a button: fetches the menu and opens it there; from within a menu, or from
//                                          a button that is not seen, at its conversation's [data-more]
//   data-many='{"do": "assign", …}'        within a menu: does it to the selected conversations (the form .bulk)

import { fetchInto } from "../web/dom.js";
import { gettext } from "../web/words.js";
import { toast } from "../web/cm-toast.js";

let source, closing;

const menu = () => document.getElementById("act-menu");

// Also of a button within a menu, which was opened from a conversation.
function moreOf(button) {
  const from = button.closest(".menu") ? (source ?? button) : button;
  return from.closest("cm-conversation")?.querySelector("[data-more]");
}

async function open(button) {
  const isSeen = button.checkVisibility() && !button.closest(".menu");
  const place = isSeen ? button : (moreOf(button) ?? button);
  if (place && place === closing) return; // the press of this click has just closed it
  // Of the menu, not of the page: behind another request of the page's it would wait, and this line would not.
  await fetchInto("#act-menu", button.dataset.menu, { swap: "innerHTML" });
  if (!menu().firstElementChild) return;
  source = place;
  place?.setAttribute("aria-expanded", "true");
  if (menu().matches(":popover-open")) menu().hidePopover();
  menu().showPopover({ source: place ?? undefined });
}

function many(values) {
  const form = document.querySelector("form.bulk");
  const ids = [...document.querySelectorAll("#rows [name=ids]:checked")].map((box) => box.value);
  if (ids.length === 0) return toast(gettext("Select conversations first, with X."), { tone: "warn" });
  htmx.ajax("POST", form.getAttribute("hx-post"), { swap: "none", values: { ...values, ids } });
}

function onClick(event) {
  const button = event.target.closest("[data-menu]");
  if (button) open(button);
  const chosen = event.target.closest("[data-many]");
  if (chosen) many(JSON.parse(chosen.dataset.many));
}

function onSubmit(event) {
  if (!event.target.matches("[data-many-form]")) return;
  event.preventDefault();
  many({ do: "tag", name: event.target.elements.name.value });
  menu().hidePopover();
}

function onToggle(event) {
  if (event.target !== menu()) return;
  if (event.newState === "open") return;
  source?.setAttribute("aria-expanded", "false");
  if (document.activeElement === document.body) source?.focus({ focusVisible: false });
}

function onPress(event) {
  closing = menu()?.matches(":popover-open") && source?.contains(event.target) ? source : undefined;
}

export function start() {
  document.addEventListener("pointerdown", onPress, true);
  document.addEventListener("keydown", () => (closing = undefined), true);
  document.addEventListener("click", onClick);
  document.addEventListener("submit", onSubmit);
  document.addEventListener("toggle", onToggle, true);
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.target.closest?.("#act-menu form") && event.detail.successful) menu().hidePopover();
  });
}
