// Conversations side by side. No element of its own: the columns are what stands in .convs, and the one where the work is
// bears the id "conversation", so that whatever opens a conversation opens it there. The others rest ([data-rests]): they
// stay live, but no key acts in them. The address names them all, so that reload and "back" keep them.
//
//   data-beside="42"   on a button: opens that conversation in a column of its own;  data-beside-next the next chat
//   data-close-column  within a column: closes it
//
// Events heard: cm-gone, of a conversation that this person may no longer see. Told: cm-opened {id}.

import { fetchInto, make, tell } from "../web/dom.js";
import { toast } from "../web/cm-toast.js";
import { gettext, interpolate } from "../web/words.js";
import { expect } from "./typed.js";

const place = () => document.querySelector(".convs");
export const columns = () => [...place().children];
export const current = () => document.getElementById("conversation");
export const columnOf = (id) => columns().find((column) => column.dataset.id === String(id));

function address(ids) {
  const query = new URLSearchParams(document.querySelector("cm-list").dataset.query);
  if (ids.length > 1) query.set("beside", ids.slice(1).join(","));
  return `/conversations/${ids[0]}?${String(query).replaceAll("%2C", ",")}`;
}

// Moves the work to a column; where the focus goes is another matter.
function take(column) {
  const before = current();
  if (before === column) return;
  const side = before?.querySelector(".side-toggle[aria-pressed=true]");
  if (before) rest(before);
  column.id = "conversation";
  column.removeAttribute("data-rests");
  if (!column.dataset.id) return; // on its way
  side?.setAttribute("aria-pressed", "false");
  if (side) column.querySelector(".side-toggle")?.setAttribute("aria-pressed", "true");
  present(column);
}

// What is typed goes nowhere else than where the work is, and neither does a key.
function rest(column) {
  if (column.contains(document.activeElement)) document.activeElement.blur();
  column.removeAttribute("id");
  column.toggleAttribute("data-rests", true);
}

function present(column) {
  document.title = column.dataset.title;
  tell(column, "cm-opened", { id: column.dataset.id });
  fetchInto("#customer", `${column.dataset.panel}?customer=1`, { source: column, swap: "outerHTML" });
}

// Who goes quickly to and fro sees the customer of where they are, whichever answer comes last.
function beforeSwap({ detail }) {
  if (detail.target?.id !== "customer") return;
  detail.target = document.getElementById("customer");
  detail.shouldSwap &&= detail.requestConfig.path === `${current().dataset.panel}?customer=1`;
}

// Moves the work and the focus, into the text where there is one.
export function goTo(column) {
  take(column);
  const editor = column.querySelector("cm-editor");
  (editor ?? column.querySelector("cm-thread")).focus();
  if (!editor && column.querySelector(".composer")) expect(column.dataset.id);
}

export function next() {
  const all = columns();
  goTo(all[(all.indexOf(current()) + 1) % all.length]);
}

// Below these widths only some are shown at a time; see workspace.css.
export const hasRoom = () => matchMedia("(min-width: 1200px)").matches && columns().length < (matchMedia("(min-width: 1700px)").matches ? 3 : 2);

// A new column, into which a conversation is then opened like into any other.
export function makeRoom() {
  const column = make("section", { class: "pane conv is-coming", "aria-busy": "true", "aria-label": gettext("Conversation") });
  place().append(column);
  take(column);
}

export function close(column) {
  const all = columns();
  if (all.length < 2 || !all.includes(column)) return;
  const hadFocus = column.contains(document.activeElement);
  const at = all.indexOf(column);
  const heir = column === current() ? (all[at + 1] ?? all[at - 1]) : current();
  column.remove();
  take(heir);
  const url = address(columns().map((each) => each.dataset.id));
  if (url !== location.pathname + location.search) history.pushState({}, "", url);
  mark();
  if (hadFocus) goTo(heir);
}

function set(element, name, isTrue) {
  if (isTrue) element.setAttribute(name, "true");
  else element.removeAttribute(name);
}

// Says what is open. Chats that stand in a column need no button that brings them beside it; a column alone no key that leads to the next.
function mark() {
  const all = columns();
  for (const column of all) set(column, "aria-current", all.length > 1 && column === current());
  for (const chat of document.querySelectorAll("[data-chat]")) set(chat, "aria-current", columnOf(chat.dataset.chat));
  for (const button of document.querySelectorAll("[data-beside-only]")) button.disabled = all.length < 2;
  const buttons = [...document.querySelectorAll("[data-beside]")];
  for (const button of buttons) button.hidden = Boolean(columnOf(button.dataset.beside));
  for (const button of document.querySelectorAll("[data-beside-next]")) button.hidden = buttons.every((each) => each.hidden);
}

// What is open in another column already is not opened twice.
function beforeRequest(event) {
  const { target, requestConfig } = event.detail;
  const id = target === current() && /^\/conversations\/(\d+)(\?|$)/.exec(requestConfig.path)?.[1];
  const column = id && columnOf(id);
  if (!column || column === target) return;
  event.preventDefault();
  take(column);
}

function beforeHistoryUpdate({ detail }) {
  const id = /^\/conversations\/(\d+)(\?|$)/.exec(detail.history.path)?.[1];
  const all = columns();
  if (id && all.length > 1) detail.history.path = address(all.map((each) => (each === detail.requestConfig.target ? id : each.dataset.id)));
}

// A column that got no conversation goes again.
function afterRequest({ detail }) {
  const { target } = detail.requestConfig ?? {};
  if (target?.isConnected && target.matches(".is-coming") && !(detail.xhr.status > 0 && detail.xhr.status < 400)) close(target);
}

// Whoever went on in another column while this one was on its way stays there.
function opened({ target }) {
  const other = columns().find((each) => each !== target && each.id === "conversation");
  if (other) {
    rest(target);
    present(other);
  }
  mark();
}

function gone({ target }) {
  const name = target.querySelector("cm-thread").dataset.someone;
  toast(interpolate(gettext("The conversation with %(name)s is gone, or no longer yours to see."), { name }), { tone: "warn" });
  close(target);
}

function onClick(event) {
  const column = event.target.closest("[data-close-column]")?.closest(".conv");
  if (column) close(column);
}

// The address says what stands here, also where something it named is gone.
function correct() {
  const ids = columns().map((column) => column.dataset.id);
  if (new URLSearchParams(location.search).has("beside")) history.replaceState({}, "", address(ids));
}

export function start() {
  correct();
  const comesIn = ({ target }) => {
    const column = target.closest?.(".convs > .conv");
    if (column) take(column);
  };
  for (const name of ["focusin", "pointerdown"]) document.addEventListener(name, comesIn, true);
  document.addEventListener("click", onClick);
  document.addEventListener("cm-gone", gone);
  document.addEventListener("cm-opened", opened);
  document.addEventListener("htmx:beforeRequest", beforeRequest);
  document.addEventListener("htmx:beforeSwap", beforeSwap);
  document.addEventListener("htmx:beforeHistoryUpdate", beforeHistoryUpdate);
  document.addEventListener("htmx:afterRequest", afterRequest);
  for (const name of ["htmx:afterSettle", "htmx:oobAfterSwap"]) document.addEventListener(name, mark);
}
