import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./setup.js";

const { ago } = await load("cm-ago.js");
const { left, share } = await load("cm-countdown.js");

const now = new Date(2026, 10, 18, 12, 0, 0);
const before = (seconds) => new Date(now - seconds * 1000);

test("ago is short, and a date after some days", () => {
  assert.equal(ago(before(20), now, "en"), "now");
  assert.equal(ago(before(14 * 60), now, "en"), "14m");
  assert.equal(ago(before(3 * 3600 + 5), now, "en"), "3h");
  assert.equal(ago(before(2 * 86400), now, "en"), "Mon");
  assert.equal(ago(before(40 * 86400), now, "en"), "Oct 9");
  assert.equal(ago(new Date(2023, 1, 3), now, "en-GB"), "3 Feb 2023");
});

test("ago speaks the reader's language", () => {
  assert.equal(ago(before(2 * 86400), now, "de"), "Mo");
});

test("left is exact minutes, and grows again once it is late", () => {
  assert.equal(left(42_000), "42s");
  assert.equal(left(372_000), "6:12");
  assert.equal(left((2 * 3600 + 40 * 60) * 1000), "2h 40m");
  assert.equal(left((28 * 3600) * 1000), "1d 4h");
  assert.equal(left(-252_000), "+4:12");
});

test("the ring empties from 100 to 0 and stays there", () => {
  assert.equal(share(0, 100, 0), 100);
  assert.equal(share(0, 100, 75), 25);
  assert.equal(share(0, 100, 500), 0);
  assert.equal(share(100, 100, 100), 0);
});
