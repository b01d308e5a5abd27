// What is typed while another composer of a conversation is on its way: it goes into that one, and is never taken for a
// key of the page. No element of its own.

import { isTyping } from "../web/dom.js";

const ARRIVES_WITHIN = 3000;
const IS_SENT_WITHIN = 30_000;

let typed = null; // {of, words, follows}: since a composer of that conversation was asked for

// follows: the one that is on the page sends, and the other comes in its place.
export function expect(conversation, { follows = false } = {}) {
  const now = (typed = { of: String(conversation), words: "", follows });
  setTimeout(() => typed === now && (typed = null), follows ? IS_SENT_WITHIN : ARRIVES_WITHIN);
}

// The words for a composer that has come; null where nobody waited for it.
export function typedFor(conversation) {
  if (typed?.of !== conversation) return null;
  const { words } = typed;
  typed = null;
  return words;
}

function keep(event) {
  if (typed?.follows && !document.getElementById(`composer-${typed.of}`)) typed = null; // another conversation was opened
  if (typed === null || event.key.length > 1 || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  typed.words += event.key;
}

addEventListener("keydown", keep, { capture: true });
