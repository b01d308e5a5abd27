// Pieces of a thread, put in, changed and taken out without moving what somebody reads. No element of its own.

// Takes a message out that was taken back or moved elsewhere, with what held nothing else.
export function forget(thread, id) {
  const message = thread.querySelector(`[id="message-${id}"]`);
  const holder = message?.parentElement;
  message?.remove();
  if (holder && !holder.querySelector("[data-message]")) holder.remove();
}

// A message by its number, and how far it is said to have got: what stands as it is need not be told anew.
export function asShown(message) {
  const state = message.querySelector(`[id="state-${message.dataset.message}"]`);
  return state ? `${message.dataset.message}:${state.dataset.state}` : message.dataset.message;
}

// Says anew how far a message got, unless that is what stands there.
export function restate(thread, state) {
  const old = thread.querySelector(`[id="${state.id}"]`);
  if (!old || (old.dataset.state === state.dataset.state && old.textContent.trim() === state.textContent.trim())) return;
  if (old.dataset.state === "scheduled" && state.dataset.state === "scheduled") return; // it counts by itself
  old.replaceWith(state);
  htmx.process(state);
}

// Puts earlier blocks in place of the mark above; a day that both parts name is named once.
export function prepend(thread, mark, page) {
  const firstDay = mark.nextElementSibling?.matches(".day") ? mark.nextElementSibling : null;
  const anchor = firstDay?.nextElementSibling ?? mark.nextElementSibling;
  const before = anchor?.getBoundingClientRect().top ?? 0;
  const blocks = [...page.children];
  const lastDay = blocks.filter((block) => block.matches(".day")).at(-1);
  if (firstDay && lastDay?.dataset.day === firstDay.dataset.day) firstDay.remove();
  mark.replaceWith(...blocks);
  blocks.forEach((block) => htmx.process(block));
  thread.scrollTop += (anchor?.getBoundingClientRect().top ?? 0) - before;
}
