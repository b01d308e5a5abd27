import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./setup.js";

const { keyOf, keysIn, mayAct, shown } = await load("keys.js");
const { fits } = await load("cm-palette.js");
const { step } = await load("cm-seg.js");

const pressed = (key, more = {}) => keyOf({ key, code: "", ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...more });

test("a key is written the same whatever the machine", () => {
  assert.equal(pressed("j"), "j");
  assert.equal(pressed("?", { shiftKey: true }), "?");
  assert.equal(pressed("F", { shiftKey: true }), "Shift+f");
  assert.equal(pressed("k", { metaKey: true }), "Ctrl+k");
  assert.equal(pressed("Enter", { ctrlKey: true, shiftKey: true }), "Ctrl+Shift+Enter");
  assert.equal(pressed("Shift", { shiftKey: true }), "");
});

test("a keyboard of another alphabet presses the same place", () => {
  assert.equal(pressed("о", { code: "KeyJ" }), "j");
  assert.equal(pressed("é", { code: "Digit2" }), "é");
});

test("single keys never act while somebody types, nor when they are off", () => {
  assert.equal(mayAct("e", { isTyping: false, hasKeys: true }), true);
  assert.equal(mayAct("e", { isTyping: true, hasKeys: true }), false);
  assert.equal(mayAct("e", { isTyping: false, hasKeys: false }), false);
  assert.equal(mayAct("Ctrl+Enter", { isTyping: true, hasKeys: false }), true);
  assert.equal(mayAct("Ctrl+z", { isTyping: true, hasKeys: true }), false);
  assert.equal(mayAct("Ctrl+z", { isTyping: false, hasKeys: true }), true);
});

test("a data-key may name several keys and keys one after the other", () => {
  assert.deepEqual(keysIn("j|ArrowDown"), ["j", "ArrowDown"]);
  assert.deepEqual(keysIn("G I"), ["g i"]);
  assert.deepEqual(keysIn("Ctrl+K"), ["Ctrl+k"]);
  assert.deepEqual(shown("Ctrl+Shift+Enter"), ["Ctrl ⇧ ↵"]);
  assert.deepEqual(shown("g i"), ["G", "I"]);
});

test("each word typed must begin a word of the label", () => {
  assert.equal(fits("Snooze until tomorrow", "sno tom"), true);
  assert.equal(fits("Snooze until tomorrow", "ooze"), false);
  assert.equal(fits("Snooze", ""), true);
});

test("arrows go round, and the other way from right to left", () => {
  assert.equal(step("ArrowRight", 2, 3, false), 0);
  assert.equal(step("ArrowRight", 0, 3, true), 2);
  assert.equal(step("End", 0, 3, false), 2);
  assert.equal(step("x", 0, 3, false), -1);
});
