import assert from "node:assert/strict";
import { test } from "node:test";
import { load, Shelf } from "./setup.js";

const { Engine } = await load("engine.js");
const { Store } = await load("store.js");

const message = { id: 7, conversation: 3, thread: "t1", text: "Hello", at: "2026-03-02T09:00:00Z", state: "stored" };
const VISITOR = { kind: "visitor", name: "" };

// An engine whose server knows what `items` says, and hears what is posted.
function anEngine(items, post = async () => {}, tab = undefined) {
  const home = { conversations: [{ id: 3, is_open: true, unread: 0 }], visitor: {} };
  const call = async (method, path, body) => {
    if (path === "messages") return post(body);
    return path === "home" ? home : { items: path.includes("after=") ? [] : items, has_more: false };
  };
  const session = { token: "token", call };
  return new Engine({ session, tabs: { isLeading: false, tell() {} }, store: new Store("w1", new Shelf()), tab });
}

const ADA = { kind: "agent", name: "Ada" };

// The messages that somebody is told of.
function heard(engine) {
  const ids = [];
  engine.addEventListener("message", ({ detail }) => ids.push(detail.message.id));
  return ids;
}

const moment = () => new Promise((resolve) => setTimeout(resolve, 5));
const nameOf = ({ at, key }) => `out:${String(at).padStart(15, "0")}:${key}`;

test("a letter that another tab wrote back after its copy had come leaves the outbox all the same", async () => {
  const engine = anEngine([]);
  const letter = engine.outbox.add({ place: { conversation: 3 }, text: "Hello" });
  engine.take([{ ...message, key: letter.key, author: VISITOR }]);
  assert.equal(engine.outbox.all().length, 0);

  engine.store.set(nameOf(letter), { ...letter, state: "stored" });
  await engine.catchUp();
  engine.end();

  assert.equal(engine.outbox.all().length, 0);
});

test("a letter of another tab is posted when it can be read here, although the news of it came before", async () => {
  const posted = [];
  const engine = anEngine([], async ({ text }) => posted.push(text));
  engine.line.signal = new AbortController().signal;
  engine.fromTab({ what: "letter" });
  await moment();
  assert.deepEqual(posted, []);

  const letter = { key: "k1", at: 5, place: { conversation: 3 }, text: "Hello", attachments: [], state: "waiting" };
  engine.store.set(nameOf(letter), letter);
  engine.stored({ key: `comity:w1:${nameOf(letter)}`, newValue: "{}" });
  await moment();
  engine.end();

  assert.deepEqual(posted, ["Hello"]);
});

test("what the page itself keeps beside us, and what another tab takes out, asks for nothing", async () => {
  const engine = anEngine([]);
  engine.line.kick = () => assert.fail("there is nothing to post");

  for (const event of [{ key: null, newValue: null }, { key: "comity:w2:out:1", newValue: "{}" }, { key: "comity:w1:out:1", newValue: null }]) engine.stored(event);
});

test("a post that fails while the lead goes to another tab and back is tried again", async () => {
  const ends = [];
  let posts = 0;
  const engine = anEngine([], () => new Promise((resolve, reject) => (posts += 1, ends.push({ resolve, reject }))));
  const first = new AbortController();
  engine.line.signal = first.signal;
  engine.outbox.add({ place: { conversation: 3 }, text: "Hello" });
  engine.line.kick();
  await moment();
  first.abort();
  engine.line.signal = new AbortController().signal;
  engine.line.kick();
  ends[0].reject(Object.assign(new Error("no answer"), { status: 0 }));
  await moment();
  engine.line.wake();
  await moment();
  engine.end();

  assert.equal(posts, 2);
});

test("an address that was given while the home page was asked for is not forgotten by the older answer", async () => {
  const engine = anEngine([]);
  const answers = [];
  engine.session.call = () => new Promise((resolve) => answers.push(resolve));
  const home = (email) => ({ conversations: [], visitor: { email } });
  const first = engine.loadHome();
  answers[0](home(""));
  await first;

  const older = engine.loadHome();
  engine.knowVisitor({ email: "anna@example.org", is_proven: false });
  answers[1](home(""));
  await older;
  engine.end();

  assert.equal(engine.home.visitor.email, "anna@example.org");
});

test("of two answers about the home page the one that was asked for later counts", async () => {
  const engine = anEngine([]);
  const answers = [];
  engine.session.call = () => new Promise((resolve) => answers.push(resolve));
  const [older, later] = [engine.loadHome(), engine.loadHome()];
  answers[1]({ conversations: [], visitor: { email: "new" } });
  await later;
  answers[0]({ conversations: [], visitor: { email: "old" } });
  await older;
  engine.end();

  assert.equal(engine.home.visitor.email, "new");
});

test("an answer that the history brings before the stream does is news, what stood before is not", async () => {
  const asked = { ...message, key: "k1", author: VISITOR };
  const answer = { ...message, id: 9, author: ADA };
  const engine = anEngine([{ ...message, id: 5, author: ADA }, asked, answer]);
  const ids = heard(engine);
  engine.look({ thread: "t1" });
  engine.take([asked]);
  await moment();
  engine.take([answer]);
  engine.end();

  assert.deepEqual(ids, [7, 9]);
});

test("earlier messages, and those of somebody who has just proved who they are, are no news", async () => {
  const engine = anEngine([message, { ...message, id: 8 }, { ...message, id: 9 }].map((each) => ({ ...each, author: ADA })));
  const ids = heard(engine);
  engine.place = { conversation: 3 };
  engine.take([{ ...message, id: 12, author: ADA }]);
  await engine.load(3, 12);
  engine.isStale = true;
  await engine.loadHome();
  engine.end();

  assert.deepEqual(ids, [12]);
});

test("the next page of a tab asks the stream for what came while it was on its way", () => {
  const shelf = new Shelf();
  anEngine([], undefined, new Store("w1", shelf)).hear({ id: "41", type: "changed", data: JSON.stringify({ conversation: 3 }) });

  assert.equal(anEngine([], undefined, new Store("w1", shelf)).line.last, "41");
  assert.equal(anEngine([]).line.last, "");
});
