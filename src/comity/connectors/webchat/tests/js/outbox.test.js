import assert from "node:assert/strict";
import { test } from "node:test";
import { load, Shelf } from "./setup.js";

const { Outbox, deliver, isFinal, newKey, pause } = await load("outbox.js");
const { Store } = await load("store.js");

const place = { thread: "t1" };
const texts = (outbox) => outbox.all().map((letter) => letter.text);

function anOutbox({ shelf = new Shelf(), now } = {}) {
  return new Outbox(new Store("w1", shelf), now);
}

function refusal(status) {
  return Object.assign(new Error("refused"), { status });
}

test("a letter stands in the store before it is posted, and a reload or another tab finds it", () => {
  const shelf = new Shelf();
  const one = anOutbox({ shelf });
  one.add({ place, text: "Hello" });

  assert.deepEqual(texts(anOutbox({ shelf })), ["Hello"]);
});

test("letters of two tabs keep the order in which they were typed, though the clock was set back", () => {
  const shelf = new Shelf();
  let now = 1_000_000;
  const [one, other] = [anOutbox({ shelf, now: () => now }), anOutbox({ shelf, now: () => now })];
  one.add({ place, text: "first" });
  now = 500;
  other.add({ place, text: "second" });
  one.add({ place, text: "third" });

  assert.deepEqual(texts(one), ["first", "second", "third"]);
});

test("letters are posted in order, and again under the same key until they are answered", async () => {
  const outbox = anOutbox();
  for (const text of ["one", "two"]) outbox.add({ place, text });
  const posted = [];
  let failures = 2;
  const post = async (letter) => {
    posted.push([letter.text, letter.key]);
    if (failures-- > 0) throw refusal(0);
  };
  const told = [];
  await deliver({ outbox, post, rest: async () => true, tell: (what, letter) => told.push([what, letter.text]) });

  assert.deepEqual(posted.map(([text]) => text), ["one", "one", "one", "two"]);
  assert.equal(new Set(posted.slice(0, 3).map(([, key]) => key)).size, 1);
  assert.deepEqual(told, [["stored", "one"], ["stored", "two"]]);
  assert.deepEqual(outbox.all().map((letter) => letter.state), ["stored", "stored"]); // until their copies come back
});

test("a refused letter leaves the outbox, is told with its text, and holds nobody up", async () => {
  const outbox = anOutbox();
  for (const text of ["bad", "good"]) outbox.add({ place, text });
  const told = [];
  const post = async (letter) => {
    if (letter.text === "bad") throw refusal(403);
  };
  await deliver({ outbox, post, rest: async () => true, tell: (what, letter) => told.push([what, letter.text]) });

  assert.deepEqual(told, [["refused", "bad"], ["stored", "good"]]);
  assert.deepEqual(texts(outbox), ["good"]);
});

test("what is put off stays where it is", async () => {
  const outbox = anOutbox();
  outbox.add({ place, text: "later" });
  const post = async () => {
    throw refusal(503);
  };
  await deliver({ outbox, post, rest: async () => false, tell: () => {} });

  assert.equal(outbox.next().text, "later");
});

test("a letter goes when its copy has come back, and nobody waits for ever", () => {
  let now = 1_000_000;
  const outbox = anOutbox({ now: () => now });
  const [one, other, third] = ["a", "b", "c"].map((text) => outbox.add({ place, text }));
  outbox.take(one.key);
  outbox.mark(other.key, { state: "stored" });
  now += 25 * 3600 * 1000;
  outbox.sweep();

  assert.deepEqual(texts(outbox), ["c"]); // never sent, so kept however old
  assert.equal(outbox.of(third.key).state, "waiting");
});

test("what was written to a thread belongs to its conversation once that is known", () => {
  const outbox = anOutbox();
  outbox.add({ place, text: "a" });
  outbox.add({ place: { thread: "t2" }, text: "b" });
  outbox.settle("t1", 42);

  assert.deepEqual(outbox.all().map((letter) => letter.place.conversation), [42, undefined]);
});

test("only an answer that would be the same again is final", () => {
  assert.deepEqual([400, 403, 404, 413, 422].map(isFinal), [true, true, true, true, true]);
  assert.deepEqual([0, 401, 408, 429, 500, 503].map(isFinal), [false, false, false, false, false, false]);
});

test("the pauses grow, are spread, and heed what the server asked", () => {
  assert.equal(pause(0), 0);
  assert.ok(pause(1, 0, 0) < pause(3, 0, 0));
  assert.ok(pause(20, 0, 1) <= 30_000);
  assert.notEqual(pause(3, 0, 0), pause(3, 0, 1));
  assert.equal(pause(1, 60, 0), 60_000);
});

test("keys are random UUIDs, with or without randomUUID", () => {
  const plain = { getRandomValues: (bytes) => globalThis.crypto.getRandomValues(bytes) };
  const shape = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  assert.match(newKey(), shape);
  assert.match(newKey(plain), shape);
  assert.notEqual(newKey(plain), newKey(plain));
});
