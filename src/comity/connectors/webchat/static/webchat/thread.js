// The order of a conversation: what the server said, each message once and by its id, and behind it what still waits here.
// Pure; engine.js keeps it, messages.js draws it.

const STATES = ["stored", "sent", "delivered", "read"];
const TOGETHER = 5 * 60 * 1000; // bubbles of one writer within this time stand as one group

// What is known after hearing more. A newer word about a message wins, but no mark ever goes back.
export function merge(have, news) {
  const known = new Map(have.map((message) => [message.id, message]));
  for (const message of news) {
    const before = known.get(message.id);
    known.set(message.id, before ? { ...before, ...message, state: further(before.state, message.state) } : message);
  }
  return [...known.values()].sort((one, other) => one.id - other.id);
}

// What is known after news of marks: some messages' states, or that the visitor's own were read up to one.
export function marked(have, states, readTo = 0) {
  const news = new Map(states.map(({ id, state }) => [id, state]));
  const stateOf = ({ id, state, author }) => further(further(state, news.get(id)), author.kind === "visitor" && id <= readTo ? "read" : undefined);
  return have.map((message) => ({ ...message, state: stateOf(message) }));
}

export const further = (one, other) => (other === undefined || STATES.indexOf(other) < STATES.indexOf(one) ? one : other);

export const lastId = (messages) => messages.at(-1)?.id ?? 0;

// Whether this letter or message belongs where the reader looks.
export function isAt(place, { conversation, thread }) {
  if (place.conversation && conversation) return place.conversation === conversation;
  return Boolean(place.thread && place.thread === thread);
}

// What is shown: messages by id, then the letters that the server has not given back yet, in the order they were typed.
// `ahead` is by how many ms the server's clock is ahead of this device's.
export function shown(messages, letters, ahead = 0) {
  const back = new Set(messages.map((message) => message.key).filter(Boolean));
  const waiting = letters.filter((letter) => !back.has(letter.key)).map((letter) => asMessage(letter, ahead));
  return [...messages, ...waiting];
}

function asMessage(letter, ahead) {
  const { key, text, attachments, place, state } = letter;
  const at = new Date(letter.at + ahead).toISOString();
  return { id: null, key, ...place, author: { kind: "visitor" }, text, attachments, card: null, replies: [], at, state };
}

// The message whose quick replies may be pressed: the newest, while the visitor has said nothing since. What the house says of
// its own accord in between does not count.
export function asking(items) {
  const last = items.filter(({ author }) => author.kind !== "system").at(-1);
  return last?.author.kind !== "visitor" && last?.replies?.length ? last : null;
}

// Rows to draw: {day} before the first message of a day, {message, isFirst, isLast} with its place in its writer's group.
export function rows(items) {
  const found = [];
  let before;
  for (const [at, message] of items.entries()) {
    if (!before || dayOf(before.at) !== dayOf(message.at)) {
      found.push({ day: dayOf(message.at), at: message.at });
      before = undefined;
    }
    const after = items[at + 1];
    const isLast = !after || dayOf(after.at) !== dayOf(message.at) || !areTogether(message, after);
    found.push({ message, isFirst: !before || !areTogether(before, message), isLast });
    before = message;
  }
  return found;
}

function areTogether(one, other) {
  const near = Math.abs(new Date(other.at) - new Date(one.at)) < TOGETHER;
  return near && one.author.kind === other.author.kind && (one.author.name ?? "") === (other.author.name ?? "");
}

function dayOf(at) {
  const date = new Date(at);
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`;
}
