import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./setup.js";

const { isWanted } = await load("address.js");

const now = new Date("2026-03-10T12:00:00Z");
const said = (kind, minutesAgo) => ({ author: { kind }, at: new Date(now - minutesAgo * 60_000).toISOString() });
const home = (more = {}) => ({ promise: { state: "online" }, visitor: { email: "" }, mail: { goes_on: false, has_address: false }, ...more });
const asked = (given) => isWanted({ home: home(), items: [said("visitor", 0)], facts: {}, now, ...given });

test("an address is asked for where nobody is there, or where the chat goes on by mail", () => {
  assert.equal(asked({}), false);
  assert.equal(asked({ home: home({ promise: { state: "later" } }) }), true);
  assert.equal(asked({ home: home({ promise: { state: "closed" } }) }), true);
  assert.equal(asked({ home: home({ mail: { goes_on: true, has_address: false } }) }), true);
});

test("whoever waits for long is asked, counted from what nobody has answered", () => {
  const facts = { queue: { position: 2, seconds: null } };
  assert.equal(asked({ facts, items: [said("visitor", 1)] }), false);
  assert.equal(asked({ facts, items: [said("visitor", 3), said("visitor", 0)] }), true);
  assert.equal(asked({ facts, items: [said("visitor", 9), said("agent", 8), said("visitor", 1)] }), false);
  assert.equal(asked({ items: [said("visitor", 3)] }), false);
});

test("nobody is asked for what is known, refused or of no use", () => {
  const later = { promise: { state: "later" } };
  assert.equal(asked({ home: home({ ...later, visitor: { email: "a@b.example" } }) }), false);
  assert.equal(asked({ home: home({ ...later, mail: { goes_on: true, has_address: true } }) }), false);
  assert.equal(asked({ home: home(later), known: ["email"] }), false);
  assert.equal(asked({ home: home(later), isRefused: true }), false);
  assert.equal(asked({ home: home(later), facts: { is_open: false } }), false);
  assert.equal(asked({ home: home(later), items: [] }), false);
  assert.equal(asked({ home: null }), false);
});
