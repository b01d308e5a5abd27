// Which conversation is open, and which pane a phone shows. No element of its own.
//
// Events heard: cm-open {conversation} opens one; cm-next {conversation} goes on to the next after that one is done.
// Event told: cm-opened {id}, by <cm-conversation>.
// What a button with data-takes-back="42" brings is the composer of that conversation, which is opened where it is not. Such
// a button has hx-target="#toasts", which stays: the button itself may be gone with its message when the answer comes.

import { make } from "../web/dom.js";
import { close, columnOf, columns, current, goTo, hasRoom, makeRoom, next as nextColumn } from "./columns.js";
import { expect } from "./typed.js";

const inbox = () => document.querySelector(".inbox");
const list = () => document.querySelector("cm-list");
export const isPhone = () => matchMedia("(max-width: 720px)").matches;

export function open(id) {
  const row = document.getElementById(`row-${id}`);
  if (row) return row.querySelector(".open").click();
  const url = `/conversations/${id}?${list()?.dataset.query ?? ""}`;
  const link = make("a", { href: url, "hx-get": url, "hx-target": "#conversation", "hx-swap": "outerHTML", "hx-push-url": "true", hidden: true });
  document.body.append(link);
  htmx.process(link);
  link.click();
  link.addEventListener("htmx:afterRequest", () => link.remove());
}

export function showList() {
  inbox()?.setAttribute("data-show", "list");
  history.pushState({}, "", `/inbox?${list()?.dataset.query ?? ""}`);
  const row = document.querySelector(".conv-row[aria-current] .open");
  row?.focus({ preventScroll: true });
}

function next({ conversation }) {
  const row = document.getElementById(`row-${conversation}`);
  const column = columnOf(conversation);
  if (!column) return;
  if (columns().length > 1) return close(column);
  if (isPhone()) return showList();
  const beside = row?.nextElementSibling?.closest(".conv-row") ?? row?.previousElementSibling?.closest(".conv-row");
  const link = beside?.querySelector(".open");
  if (!link) return location.assign(`/inbox?${list()?.dataset.query ?? ""}`);
  link.focus({ preventScroll: true });
  link.click();
}

// One's own chats that stand in no column, from the open one on, those with something new first.
function chatsToOpen() {
  const chats = [...document.querySelectorAll("[data-chat]")];
  const here = chats.findIndex((chat) => chat.dataset.chat === current()?.dataset.id);
  const order = [...chats.slice(here + 1), ...chats.slice(0, Math.max(here, 0))];
  const isNew = (chat) => Number(Boolean(chat.querySelector(".hot")));
  return order.filter((chat) => !columnOf(chat.dataset.chat)).sort((one, other) => isNew(other) - isNew(one));
}

// Side by side it goes round the columns, unless another chat has something new.
function nextChat() {
  const [chat] = chatsToOpen();
  if (columns().length > 1 && !chat?.querySelector(".hot")) return nextColumn();
  chat?.click();
}

function beside(id) {
  const column = columnOf(id);
  if (column) return goTo(column);
  if (current()?.dataset.id && hasRoom()) makeRoom();
  open(id);
}

function putBack(event) {
  const { requestConfig, xhr } = event.detail;
  const { takesBack } = requestConfig.elt.dataset ?? {};
  if (!takesBack || xhr.status !== 200) return;
  expect(takesBack);
  const composer = document.getElementById(`composer-${takesBack}`);
  if (composer) event.detail.target = composer;
  else open(takesBack);
  event.detail.shouldSwap = Boolean(composer);
}

function onClick(event) {
  if (event.target.closest("[data-next-chat]")) return nextChat();
  const chosen = event.target.closest("[data-beside]");
  if (chosen) return beside(chosen.dataset.beside);
  if (event.target.closest("[data-beside-next]")) return beside(chatsToOpen()[0].dataset.chat);
  if (event.target.closest("[data-side-close]")) current()?.querySelector(".side-toggle")?.setAttribute("aria-pressed", "false");
  const back = event.target.closest("[data-list=back]");
  if (!back) return undefined;
  event.preventDefault();
  return showList();
}

export function start() {
  document.addEventListener("click", onClick);
  document.addEventListener("cm-open", (event) => open(event.detail.conversation));
  document.addEventListener("cm-next", (event) => next(event.detail));
  document.addEventListener("htmx:beforeSwap", putBack);
  document.addEventListener("cm-opened", () => inbox()?.setAttribute("data-show", "conv"));
  // A page that was shown again by "back" is asked for anew, so that it shows what its address says.
  addEventListener("popstate", () => location.reload());
}
