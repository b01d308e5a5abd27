// What was typed and is not yet known to be on the other side. Each letter has a key and stands in the store, as an item
// of its own, before it is posted; it leaves the store when the server's own copy has come back. So a reload, a second
// tab or a lost connection costs nothing, and a repeated post is recognised by its key.

const FOREVER = 24 * 3600 * 1000; // a stored letter whose copy never came is forgotten after a day

export class Outbox {
  constructor(store, now = Date.now) {
    this.store = store;
    this.now = now;
  }

  // Puts a letter behind all others. `place` is {conversation} or {thread}.
  add({ place, text = "", attachments = [], form = null }) {
    const names = this.store.names("out:");
    const last = Number(names.at(-1)?.split(":")[1] ?? 0);
    const at = Math.max(this.now(), last + 1); // a clock that was set back changes no order
    const letter = { key: newKey(), at, place, text, attachments, form, state: "waiting" };
    this.store.set(nameOf(letter), letter);
    return letter;
  }

  all() {
    return this.store.names("out:").map((name) => this.store.get(name)).filter(Boolean);
  }

  // Whether what the browser keeps under that name is one of these letters.
  holds(name) {
    return name?.startsWith(`${this.store.prefix}out:`) ?? false;
  }

  next() {
    return this.all().find((letter) => letter.state === "waiting");
  }

  of(key) {
    return this.all().find((letter) => letter.key === key);
  }

  mark(key, changes) {
    const letter = this.of(key);
    if (letter) this.store.set(nameOf(letter), { ...letter, ...changes });
  }

  // Takes a letter out: its copy came back, or it was refused.
  take(key) {
    const letter = this.of(key);
    if (letter) this.store.set(nameOf(letter), null);
    return letter;
  }

  // What belongs to a thread belongs to its conversation, once that is known.
  settle(thread, conversation) {
    for (const letter of this.all()) {
      if (letter.place.thread === thread && letter.place.conversation !== conversation) this.mark(letter.key, { place: { conversation, thread } });
    }
  }

  sweep() {
    for (const letter of this.all()) if (letter.state === "stored" && letter.at < this.now() - FOREVER) this.take(letter.key);
  }
}

// Posts what waits, one after the other, until nothing waits or `rest` says that it is enough. What fails without an answer
// is posted again; what is refused leaves the outbox. `tell` hears of each.
export async function deliver({ outbox, post, rest, tell }) {
  for (let tries = 0, letter = outbox.next(); letter; letter = outbox.next()) {
    try {
      await post(letter);
      outbox.mark(letter.key, { state: "stored" });
      tell("stored", letter);
      tries = 0;
    } catch (problem) {
      if (isFinal(problem.status)) {
        outbox.take(letter.key);
        tell("refused", letter, problem);
      } else {
        tries += 1;
        if (!(await rest(tries, problem))) return;
      }
    }
  }
}

// Whether trying again would be answered the same. 401 is not: a new token may be had. 0 is no answer at all.
export function isFinal(status) {
  return status >= 400 && status < 500 && ![401, 408, 425, 429].includes(status);
}

// How long to wait before the next try, in ms: doubling to half a minute, spread so that not all browsers come back in the
// same moment; never sooner than the server asked.
export function pause(tries, askedSeconds = 0, random = Math.random()) {
  const ours = tries === 0 ? 0 : Math.min(30_000, 500 * 2 ** tries) * (0.5 + random / 2);
  return Math.max(ours, askedSeconds * 1000);
}

// A random name; also where the page is served without TLS and randomUUID is missing.
export function newKey(random = globalThis.crypto) {
  if (random.randomUUID) return random.randomUUID();
  const bytes = random.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

const nameOf = (letter) => `out:${String(letter.at).padStart(15, "0")}:${letter.key}`;
