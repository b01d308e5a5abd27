import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./setup.js";

const { asked, given, isAddress, problem } = await load("conditions.js");
const { missing } = await load("rating.js");

const field = (key, more = {}) => ({ key, kind: "text", label: key, required: false, choices: [], when: null, ...more });
const FORM = [
  field("name", { kind: "name" }),
  field("mail", { kind: "email" }),
  field("topic", { kind: "choice", choices: ["order", "other"] }),
  field("number", { when: { key: "topic", value: "order" } }),
  field("shop", { when: { key: "number", value: "1" } }),
];
const keys = (fields) => fields.map(({ key }) => key);

test("a question is asked when its condition holds, and the condition of that one too", () => {
  assert.deepEqual(keys(asked(FORM)), ["name", "mail", "topic"]);
  assert.deepEqual(keys(asked(FORM, { topic: "order", number: "1" })), ["name", "mail", "topic", "number", "shop"]);
  assert.deepEqual(keys(asked(FORM, { topic: "other", number: "1" })), ["name", "mail", "topic"]);
});

test("what is known is not asked, by its key or by what it is", () => {
  assert.deepEqual(keys(asked(FORM, {}, ["email", "topic"])), ["name"]);
});

test("conditions that lead round in a circle ask nothing", () => {
  const circle = [field("a", { when: { key: "b", value: "1" } }), field("b", { when: { key: "a", value: "1" } })];
  assert.deepEqual(asked(circle, { a: "1", b: "1" }), []);
});

test("answers to questions that are no longer asked are not given", () => {
  assert.deepEqual(given(FORM, { name: " Ada ", topic: "other", number: "41" }), { name: "Ada", topic: "other" });
});

test("what is missing or can't be is named, and what is optional may be left out", () => {
  assert.equal(problem(field("a")), "");
  assert.equal(problem(field("a", { required: true }), "  "), "form.missing_text");
  assert.equal(problem(field("a", { required: true, kind: "choice" })), "form.missing_choice");
  assert.equal(problem(field("a", { kind: "email" }), "ada@"), "form.wrong_email");
  assert.equal(problem(field("a", { kind: "email" }), "ada@shop.test"), "");
  assert.equal(problem(field("a", { kind: "phone" }), "12"), "form.wrong_phone");
  assert.ok(isAddress(" élodie@exämple.fr "));
});

test("a rating needs a face, and a copy needs an address", () => {
  assert.equal(missing({ score: 0, wants: false, email: "" }), "rate.choose");
  assert.equal(missing({ score: 4, wants: true, email: "x" }), "form.wrong_email");
  assert.equal(missing({ score: 0, wants: true, email: "ada@shop.test" }), "");
});
