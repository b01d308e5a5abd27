import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./setup.js";

const { asking, isAt, lastId, marked, merge, rows, shown } = await load("thread.js");

const message = (id, more = {}) => ({ id, key: null, conversation: 7, author: { kind: "agent", name: "Aoife" }, text: `m${id}`, at: "2026-03-01T10:00:00Z", state: "sent", ...more });
const letter = (key, more = {}) => ({ key, at: Date.parse("2026-03-01T10:01:00Z"), place: { conversation: 7 }, text: key, attachments: [], state: "waiting", ...more });
const ids = (messages) => messages.map(({ id }) => id);

test("messages stand once and by id, however and how often they come", () => {
  const known = merge(merge([], [message(3), message(1)]), [message(2), message(3)]);

  assert.deepEqual(ids(known), [1, 2, 3]);
  assert.equal(lastId(known), 3);
  assert.equal(lastId([]), 0);
});

test("a newer word wins, but no mark goes back", () => {
  const known = merge([message(1, { state: "read", text: "old" })], [message(1, { state: "delivered", text: "new" })]);

  assert.deepEqual([known[0].state, known[0].text], ["read", "new"]);
});

test("marks reach the messages they are about, and a reading covers all that was written before", () => {
  const own = { author: { kind: "visitor" } };
  const known = [message(1, own), message(2), message(3, own), message(4, own)];

  assert.deepEqual(marked(known, [{ id: 4, state: "delivered" }], 3).map((each) => each.state), ["read", "sent", "read", "delivered"]);
});

test("what waits here stands last, in the order it was typed, until its copy is there", () => {
  const all = shown([message(1), message(2, { key: "a" })], [letter("a"), letter("b"), letter("c")]);

  assert.deepEqual(all.map((each) => each.text), ["m1", "m2", "b", "c"]);
  assert.deepEqual(all.map((each) => each.id), [1, 2, null, null]);
});

test("a thread and its conversation are the same place, once both are known", () => {
  assert.ok(isAt({ conversation: 7 }, { conversation: 7, thread: "t" }));
  assert.ok(isAt({ thread: "t" }, { conversation: 7, thread: "t" }));
  assert.ok(!isAt({ conversation: 8, thread: "t" }, { conversation: 7, thread: "t" }));
  assert.ok(!isAt({}, { conversation: 7 }));
});

test("days are ruled off, and one writer's bubbles stand together", () => {
  const drawn = rows([
    message(1, { at: "2026-03-01T10:00:00" }),
    message(2, { at: "2026-03-01T10:01:00" }),
    message(3, { at: "2026-03-01T10:02:00", author: { kind: "visitor" } }),
    message(4, { at: "2026-03-01T11:02:00", author: { kind: "visitor" } }),
    message(5, { at: "2026-03-02T09:00:00", author: { kind: "visitor" } }),
  ]);

  const signs = drawn.map((row) => (row.day ? "day" : `${row.message.id}${row.isFirst ? "<" : ""}${row.isLast ? ">" : ""}`));
  assert.deepEqual(signs, ["day", "1<", "2>", "3<>", "4<>", "day", "5<>"]);
});

test("quick replies may be pressed beneath the newest message until the visitor has said something", () => {
  const asked = message(2, { replies: ["Yes", "No"] });
  const house = message(3, { author: { kind: "system" } });
  const [waits] = shown([], [letter("Yes")]);

  assert.equal(asking([message(1), asked]), asked);
  assert.equal(asking([asked, house]), asked);
  assert.equal(asking([asked, house, waits]), null);
  assert.equal(asking([asked, message(3, { author: { kind: "visitor" } })]), null);
  assert.equal(asking([asked, message(3)]), null);
  assert.equal(asking([asked, message(3, { replies: [] })]), null);
  assert.equal(asking([house]), null);
  assert.equal(asking([]), null);
});
