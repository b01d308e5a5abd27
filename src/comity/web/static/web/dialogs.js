// Dialogs, menus and what opens them. No element of its own: attributes on ordinary HTML.
//
//   data-open="id"        opens the <dialog id> modally;  data-close within one closes it
//   data-open-now         on a dialog that a swap brought: opens at once, is removed when closed
//   data-confirm="…"      on a submit button: asks first; hx-confirm asks in the same dialog. data-verb names the answer
//   data-back             on a link: goes back where one came from, with what was typed there
//   data-toggle           on a button: turns aria-pressed;  data-show-pane="conv" shows a pane on a phone
// A server's HX-Trigger: close-dialog closes the open dialog.

import { make } from "./dom.js";
import { gettext } from "./words.js";

export function open(dialog) {
  if (!dialog || dialog.open) return;
  dialog.showModal();
  const toasts = document.getElementById("toasts");
  if (toasts) dialog.append(toasts); // what stands outside a modal dialog can't be seen or read out
  dialog.addEventListener("close", () => toasts && document.body.append(toasts), { once: true });
  dialog.querySelector("[autofocus], input:not([type=hidden]), textarea, select")?.focus();
}

// Resolves to true when the person agrees.
export function ask(question, verb) {
  return new Promise((resolve) => {
    const no = make("button", { class: "btn btn-ghost", value: "" }, gettext("Keep it"));
    const yes = make("button", { class: "btn btn-danger", value: "yes" }, verb || gettext("Yes, do it"));
    const form = make("form", { method: "dialog", class: "dialog-f" }, no, yes);
    const text = make("div", { class: "dialog-h" }, make("h2", { class: "grow" }, question));
    const dialog = make("dialog", { class: "sheet-dialog narrow", "aria-label": question }, text, form);
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
    document.body.append(dialog);
    open(dialog);
    no.focus();
  });
}

function onClick(event) {
  const target = event.target;
  if (target.matches?.("dialog.sheet-dialog") && isOutside(event, target)) return target.close();
  const opener = target.closest?.("[data-open]");
  if (opener) {
    opener.closest("[popover]")?.hidePopover();
    return open(document.getElementById(opener.dataset.open));
  }
  if (target.closest?.("[data-close]")) return target.closest("dialog")?.close();
  const back = target.closest?.("a[data-back]");
  if (back && document.referrer.startsWith(location.origin) && history.length > 1) {
    event.preventDefault();
    history.back();
  }
  const toggle = target.closest?.("[data-toggle]");
  if (toggle) toggle.setAttribute("aria-pressed", String(toggle.getAttribute("aria-pressed") !== "true"));
  const pane = target.closest?.("[data-show-pane]");
  if (pane) document.querySelector("[data-show]")?.setAttribute("data-show", pane.dataset.showPane);
  const chosen = target.closest?.(".menu[popover] :is(a, button)");
  if (chosen && !chosen.closest(".seg") && !chosen.hasAttribute("popovertarget")) shut(chosen.closest("[popover]"), chosen);
}

// After a form was sent: a button that loses the focus before is no longer the one that sends it.
function shut(menu, chosen) {
  if (chosen.form && chosen.type === "submit") setTimeout(() => menu.hidePopover());
  else menu.hidePopover();
}

function isOutside(event, dialog) {
  const box = dialog.getBoundingClientRect();
  return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
}

async function onSubmit(event) {
  const button = event.submitter;
  if (!button?.dataset.confirm || button.dataset.agreed) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (!(await ask(button.dataset.confirm, button.dataset.verb ?? button.textContent.trim()))) return;
  button.dataset.agreed = "yes";
  event.target.requestSubmit(button);
  delete button.dataset.agreed;
}

async function onHtmxConfirm(event) {
  const { question, elt, issueRequest } = event.detail;
  if (!question) return;
  event.preventDefault();
  if (await ask(question, elt.dataset.verb ?? elt.textContent.trim())) issueRequest(true);
}

// Arrow keys within an open menu.
function onMenuKey(event) {
  const menu = event.target.closest?.(".menu[popover]");
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!menu || !step) return;
  const items = [...menu.querySelectorAll("a, button, input")].filter((item) => !item.disabled && item.checkVisibility());
  const at = items.indexOf(document.activeElement);
  event.preventDefault();
  items[(at + step + items.length) % items.length]?.focus();
}

function onMenuOpen(event) {
  if (event.newState === "open" && event.target.matches?.(".menu")) event.target.querySelector("input, a, button")?.focus({ focusVisible: false });
}

export function start() {
  document.addEventListener("click", onClick);
  document.addEventListener("submit", onSubmit, true);
  document.addEventListener("keydown", onMenuKey);
  document.addEventListener("toggle", onMenuOpen, true);
  document.addEventListener("htmx:confirm", onHtmxConfirm);
  document.addEventListener("close-dialog", () => document.querySelector("dialog[open]")?.close());
  document.addEventListener("htmx:load", () => {
    const dialog = document.querySelector("dialog[data-open-now]:not([open])");
    dialog?.addEventListener("close", () => dialog.remove(), { once: true });
    open(dialog);
  });
}
