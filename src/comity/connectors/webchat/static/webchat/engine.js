// The chat without its looks: what was said, what waits to be sent, whether there is a connection. Panels listen to its
// events: "changed" (something to draw anew), "message" {message, isNew}, "refused" {letter, problem}, "settled" {thread,
// conversation}, "back" (connected again), "gone" (the token
// counts no more), "left" (signed out in another tab).

import { Line } from "./line.js";
import { Outbox } from "./outbox.js";
import { Problem } from "./session.js";
import { Store } from "./store.js";
import { isAt, lastId, marked, merge, shown } from "./thread.js";

const PATIENCE = 4000; // without a stream, until people are told
const TYPING = 6000;
const EVERY = 3000; // how often the other side hears that somebody types
const PAGE = 50;
const ONCE = 1000; // several events tell of one awakening
const CHECK = 5000; // after which a letter is asked for whose copy has not come, less and less often
const SELDOM = 60_000;

export class Engine extends EventTarget {
  // `tab` is what this tab keeps from one page to the next.
  constructor({ session, tabs, store, tab = new Store("", null) }) {
    super();
    Object.assign(this, { session, tabs, store });
    this.outbox = new Outbox(store);
    this.line = new Line({ session, tab, outbox: this.outbox, hear: (event) => this.news(event), cut: () => this.lost(0), told: (...said) => this.answered(...said) });
    this.home = null;
    this.messages = new Map(); // conversation → messages in order
    this.more = new Map(); // conversation → are there earlier ones?
    this.facts = new Map(); // conversation → {is_open, agent, queue}
    this.typing = new Map(); // conversation → name
    this.place = null; // where the visitor looks: {conversation} or {thread}
    this.isSeen = false; // the place is really before somebody's eyes
    this.since = null; // without connection since
    this.ahead = 0; // by how many ms the server's clock is ahead of this device's
  }

  start() {
    this.stop = new AbortController();
    const { signal } = this.stop;
    this.tabs.hear((news) => this.fromTab(news));
    const awake = ({ type }) => this.awake(type);
    for (const name of ["online", "focus", "pageshow"]) addEventListener(name, awake, { signal });
    addEventListener("offline", () => this.line.cut(), { signal });
    addEventListener("storage", (event) => this.stored(event), { signal });
    document.addEventListener("visibilitychange", awake, { signal });
    this.outbox.sweep();
    this.tabs.lead((turn) => this.line.lead(turn), signal);
    this.catchUp();
  }

  // Now, as the server's clock says: the device's may be wrong.
  now() {
    return new Date(Date.now() + this.ahead);
  }

  // The device or the tab is back: what came meanwhile is asked for at once.
  awake(type) {
    if (type !== "online" && document.visibilityState !== "visible") return;
    this.line.hurry(type === "online");
    if (Date.now() - (this.caughtUpAt ?? 0) > ONCE) this.catchUp();
  }

  // The page goes away, or only sleeps: whoever holds nothing may be woken again.
  end() {
    this.stop?.abort();
    for (const timer of [this.patience, this.check, this.homeSoon]) clearTimeout(timer);
    this.patience = this.check = undefined;
  }

  // What became of a letter: stored, refused, or still waiting.
  answered(what, letter, problem) {
    if (what === "waits") return this.changed();
    this.everywhere({ what });
    if (what === "refused") this.tell("refused", { letter, problem });
    else this.checkLater();
    return undefined;
  }

  // Another tab wrote a letter down. Its news of it may have come before the letter could be read here.
  stored({ key, newValue }) {
    if (!newValue || !this.outbox.holds(key)) return;
    this.line.kick();
    if (!this.check) this.checkLater();
    this.changed();
  }

  // The stream brings each letter back; where it does not, it is posted or asked for until nothing is left.
  checkLater(wait = CHECK) {
    clearTimeout(this.check);
    this.check = setTimeout(async () => {
      if (this.outbox.all().length) {
        this.everywhere({ what: "letter" });
        await this.catchUp();
      }
      this.check = undefined;
      if (this.outbox.all().length && !this.stop?.signal.aborted) this.checkLater(Math.min(2 * wait, SELDOM));
    }, wait);
  }

  // News for this tab and for all others.
  everywhere(news) {
    this.tabs.tell(news);
    this.fromTab(news);
  }

  fromTab(news) {
    if (news.what === "event") this.hear(news.event);
    else if (news.what === "letter") this.line.kick();
    else if (news.what === "logout") this.tell("left");
    if (news.what !== "event") this.changed();
  }

  news(event) {
    this.everywhere({ what: "event", event });
  }

  hear({ id, type, data }) {
    if (id) this.line.last = id;
    const said = type && data ? JSON.parse(data) : {};
    if (type === "lost") return this.lost();
    if (type === "ready" || type === "reset") return this.back();
    if (type === "message") return this.take([said]);
    if (type === "changed") return this.mark(said);
    if (type === "typing") return this.types(said);
    if (type === "conversation") return this.learn(said);
    if (type === "gone") return this.session.forget(this.session.token);
    return undefined;
  }

  lost(patience = PATIENCE) {
    if (patience === 0 && !this.since) this.patience = clearTimeout(this.patience);
    this.lostAt ??= this.now();
    this.patience ??= setTimeout(() => {
      this.since = this.lostAt;
      this.changed();
    }, patience);
  }

  back() {
    clearTimeout(this.patience);
    this.patience = this.lostAt = undefined;
    this.since = null;
    this.line.wake();
    this.line.kick();
    this.tell("back");
    this.catchUp();
    this.session.renew().catch(() => {}); // the old token goes on until the next try
  }

  // Asks for what may have been missed: the list, and what is new where the visitor looks or waits for a letter's copy.
  async catchUp() {
    this.caughtUpAt = Date.now();
    try {
      if (!this.session.token) return this.changed();
      await this.loadHome();
      const { conversation } = this.place ?? {};
      if (conversation && this.messages.has(conversation)) await this.loadNewer(conversation);
      await this.lookForLetters();
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (problem.status === 0) this.lost();
    }
    return this.changed();
  }

  async lookForLetters() {
    this.dropKnown();
    const stored = this.outbox.all().filter((letter) => letter.state === "stored");
    if (!stored.length) return;
    const named = stored.map((letter) => letter.place.conversation).filter(Boolean);
    const newest = this.home.conversations.slice(0, 3).map((each) => each.id);
    for (const conversation of new Set(named.length === stored.length ? named : [...named, ...newest])) {
      if (this.messages.has(conversation)) await this.loadNewer(conversation);
      else await this.load(conversation);
    }
  }

  // Tabs write to one store without waiting for each other: one may mark a letter that another took out just then.
  dropKnown() {
    const known = new Set([...this.messages.values()].flat().map((message) => message.key));
    for (const { key } of this.outbox.all()) if (known.has(key)) this.outbox.take(key);
  }

  async loadHome() {
    const wasProven = this.home?.visitor?.is_proven;
    const turn = this.nextTurn();
    const home = await this.session.call("GET", "home");
    if (turn !== this.turn && this.home) return; // it is older than what is known
    this.home = home;
    if (this.home.now) this.ahead = Date.parse(this.home.now) - Date.now();
    for (const each of this.home.conversations) {
      const { id, is_open, agent, queue } = each;
      this.facts.set(id, { ...this.facts.get(id), is_open, agent, ...(queue !== undefined && { queue }) });
    }
    this.isStale ||= wasProven === false && this.home.visitor.is_proven;
    if (this.isStale) await this.loadAnew();
    this.changed();
  }

  // What was asked before now knows less than this page does.
  nextTurn() {
    this.turn = (this.turn ?? 0) + 1;
    return this.turn;
  }

  knowVisitor(known) {
    this.nextTurn();
    Object.assign(this.home.visitor, known);
    this.soonHome();
  }

  // Whoever has proved who they are sees more than before, also between what they have: what was written by mail.
  async loadAnew() {
    const { conversation } = this.place ?? {};
    const page = this.messages.has(conversation) && (await this.page(conversation, ""));
    this.isStale = false;
    this.messages.clear();
    if (!page) return;
    this.messages.set(conversation, []);
    this.more.set(conversation, page.has_more);
    this.take(page.items, false);
  }

  async load(conversation, before = 0) {
    const page = await this.page(conversation, before ? `before=${before}&` : "");
    this.more.set(conversation, page.has_more);
    this.take(page.items, false);
    if (page.items.length && page.items[0].conversation !== conversation) this.moveOn(conversation, page.items[0].conversation);
    if (!this.messages.has(conversation)) this.messages.set(conversation, []);
    this.changed();
  }

  async loadNewer(conversation) {
    for (let hasMore = true; hasMore; ) {
      const page = await this.page(conversation, `after=${lastId(this.messages.get(conversation))}&`);
      this.take(page.items);
      hasMore = page.has_more && page.items.length > 0;
    }
  }

  page(conversation, where) {
    return this.session.call("GET", `conversations/${conversation}/messages?${where}limit=${PAGE}`);
  }

  // Messages as the server has them; `isNews` when they are new to the visitor, not history that was asked for. History
  // may be ahead of the stream: what follows on what was here is news, too.
  take(messages, isNews = true) {
    const here = new Map(this.messages);
    for (const message of messages) {
      const { conversation } = message;
      const before = this.messages.get(conversation);
      const isNew = !before?.some((each) => each.id === message.id);
      if (before || !isNews || isAt(this.place ?? {}, message) || message.key) {
        this.messages.set(conversation, merge(before ?? [], [message]));
        if (!before && isNews) this.more.set(conversation, !message.thread);
      }
      const letter = message.key && this.outbox.take(message.key);
      if (letter?.place.conversation && letter.place.conversation !== conversation) this.moveOn(letter.place.conversation, conversation);
      if (message.thread) {
        if (isNews) this.follow(message);
        this.settle(message.thread, conversation);
      }
      const known = here.get(conversation);
      const follows = known?.length && message.id > lastId(known);
      if (isNew && (isNews || follows)) this.arrived(message);
    }
    if (this.outbox.all().length && !this.check) this.checkLater();
    this.changed();
  }

  // An answer may come before one's own words do that were on their way when an agent joined the conversations.
  follow({ thread, conversation, id }) {
    const here = this.place?.conversation;
    const seen = here && here !== conversation ? (this.messages.get(here) ?? []) : [];
    if (seen.some((each) => each.thread === thread) && id > lastId(seen)) this.moveOn(here, conversation);
  }

  // What was said in one conversation goes on in another: an agent joined them, or the first was settled for long.
  moveOn(from, to) {
    if (this.place?.conversation !== from) return;
    this.place = { conversation: to };
    this.tell("settled", { conversation: to });
    this.load(to).catch(() => {}); // the next catching up asks again
  }

  settle(thread, conversation) {
    this.outbox.settle(thread, conversation);
    if (!this.place || this.place.conversation || this.place.thread !== thread) return;
    this.place = { conversation, thread };
    this.tell("settled", { thread, conversation });
    this.load(conversation).catch(() => {}); // the next catching up asks again
  }

  arrived(message) {
    if (message.author.kind !== "visitor") {
      this.typing.delete(message.conversation);
      if (this.tabs.isLeading) this.quietly("delivered", message.conversation, { message: message.id });
    }
    this.tell("message", { message });
    if (this.isSeen && isAt(this.place ?? {}, message)) this.read();
    else if (message.author.kind !== "visitor") this.count(message);
    this.soonHome();
  }

  count({ conversation, text, at }) {
    const listed = this.home?.conversations.find((each) => each.id === conversation);
    if (listed) Object.assign(listed, { unread: (listed.unread ?? 0) + 1, preview: text || listed.preview, at });
  }

  soonHome() {
    clearTimeout(this.homeSoon);
    this.homeSoon = setTimeout(() => this.loadHome().catch(() => {}), 800); // the list is asked for again at the next news
  }

  mark({ conversation, messages = [], read_to = 0 }) {
    const known = this.messages.get(conversation);
    if (!known) return;
    this.messages.set(conversation, marked(known, messages, read_to));
    this.changed();
  }

  types({ conversation, name }) {
    this.typing.set(conversation, name);
    clearTimeout(this.typingEnds);
    this.typingEnds = setTimeout(() => {
      this.typing.clear();
      this.changed();
    }, TYPING);
    this.changed();
  }

  learn({ id, ...facts }) {
    this.facts.set(id, { ...this.facts.get(id), ...facts });
    this.soonHome();
    this.changed();
  }

  // Looks at a place; null is nowhere. What is there counts as read while `isSeen`.
  async look(place, isSeen = true) {
    this.place = place;
    this.isSeen = isSeen;
    const { conversation } = place ?? {};
    if (!conversation) return;
    if (this.messages.has(conversation)) this.read();
    else await this.load(conversation).then(() => this.read());
  }

  see(isSeen) {
    this.isSeen = isSeen;
    if (isSeen) this.read();
  }

  read() {
    const { conversation } = this.place ?? {};
    const theirs = (this.messages.get(conversation) ?? []).filter((message) => message.author.kind !== "visitor");
    if (!this.isSeen || !theirs.length) return;
    const listed = this.home?.conversations.find((each) => each.id === conversation);
    if (listed) listed.unread = 0;
    this.readUpTo ??= new Map();
    if ((this.readUpTo.get(conversation) ?? 0) >= lastId(theirs)) return;
    this.readUpTo.set(conversation, lastId(theirs));
    this.quietly("read", conversation, { message: lastId(theirs) });
    this.changed();
  }

  // A call whose failing nobody needs to hear of: the next one says the same.
  quietly(what, conversation, body) {
    this.session.call("POST", `conversations/${conversation}/${what}`, body).catch(() => {});
  }

  typed() {
    const { conversation } = this.place ?? {};
    if (!conversation || Date.now() - (this.typedAt ?? 0) < EVERY) return;
    this.typedAt = Date.now();
    this.quietly("typing", conversation, {});
  }

  // Takes what was typed: it is in the store before this returns.
  send({ text, attachments = [], form = null }) {
    const letter = this.outbox.add({ place: this.place, text, attachments, form });
    this.line.kick();
    this.line.wake();
    this.everywhere({ what: "letter" });
    this.checkLater();
    return letter;
  }

  // What stands at a place: messages, and behind them what still waits here.
  shownAt(place) {
    const letters = this.outbox.all().filter((letter) => isAt(letter.place, place));
    return shown(this.messages.get(place.conversation) ?? [], letters, this.ahead);
  }

  get unread() {
    return (this.home?.conversations ?? []).reduce((sum, each) => sum + (each.unread ?? 0), 0);
  }

  act(what, conversation, body = {}) {
    return this.session.call("POST", `conversations/${conversation}/${what}`, body);
  }

  // The token counts no more. What waits here is kept and begins a conversation of its own.
  forgotten(newThread) {
    const thread = newThread();
    for (const letter of this.outbox.all()) this.outbox.mark(letter.key, { place: { thread }, state: "waiting" });
    this.messages.clear();
    this.facts.clear();
    this.line.last = "";
    Object.assign(this, { home: null, place: null });
    this.tell("gone");
  }

  changed() {
    if (this.isTold) return;
    this.isTold = true;
    queueMicrotask(() => {
      this.isTold = false;
      this.tell("changed");
    });
  }

  tell(name, detail = {}) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
