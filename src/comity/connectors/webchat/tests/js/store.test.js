import assert from "node:assert/strict";
import { test } from "node:test";
import { load, Shelf } from "./setup.js";

const { Store, usable } = await load("store.js");

test("two chats on one page do not read each other", () => {
  const shelf = new Shelf();
  const [one, other] = [new Store("w1", shelf), new Store("w2", shelf)];
  one.set("token", { token: "a" });

  assert.equal(other.get("token"), null);
  assert.deepEqual(one.names(), ["token"]);
  one.clear();
  assert.equal(shelf.length, 0);
});

test("where nothing may be stored, it is kept as long as the page is open", () => {
  const full = new Shelf();
  full.setItem = () => {
    throw new Error("QuotaExceededError");
  };
  for (const store of [new Store("w1", full), new Store("w1", null)]) {
    store.set("out:1", "text");
    assert.equal(store.get("out:1"), "text");
    assert.deepEqual(store.names("out:"), ["out:1"]);
    store.set("out:1", null);
    assert.equal(store.get("out:1"), null);
  }
});

test("what somebody else wrote there does no harm", () => {
  const shelf = new Shelf();
  shelf.setItem("comity:w1:token", "{broken");

  assert.equal(new Store("w1", shelf).get("token"), null);
  assert.equal(usable("noSuchStorage"), null);
});
