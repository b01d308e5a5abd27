import assert from "node:assert/strict";
import { test } from "node:test";
import { load, Shelf } from "./setup.js";

const { Engine } = await load("engine.js");
const { Store } = await load("store.js");

const message = { id: 7, conversation: 3, thread: "t1", text: "Hello", at: "2026-03-02T09:00:00Z", state: "stored" };
const VISITOR = { kind: "visitor", name: "" };

// An engine whose server knows what `items` says.
function anEngine(items) {
  const home = { conversations: [{ id: 3, is_open: true, unread: 0 }], visitor: {} };
  const call = async (_, path) => (path === "home" ? home : { items: path.includes("after=") ? [] : items, has_more: false });
  const session = { token: "token", call };
  return new Engine({ session, tabs: { isLeading: false, tell() {} }, store: new Store("w1", new Shelf()) });
}

test("a letter that another tab wrote back after its copy had come leaves the outbox all the same", async () => {
  const engine = anEngine([]);
  const letter = engine.outbox.add({ place: { conversation: 3 }, text: "Hello" });
  engine.take([{ ...message, key: letter.key, author: VISITOR }]);
  assert.equal(engine.outbox.all().length, 0);

  engine.store.set(`out:${String(letter.at).padStart(15, "0")}:${letter.key}`, { ...letter, state: "stored" });
  await engine.catchUp();
  engine.end();

  assert.equal(engine.outbox.all().length, 0);
});
