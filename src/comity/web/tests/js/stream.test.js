import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./setup.js";

const { Parser, namesOf, pause, rest } = await load("stream.js");
const { verdict } = await load("answers.js");

const TEXT = 'retry: 2000\n\n: alive\n\nid: 7\nevent: message.received\ndata: {"subject":"conversation:42"}\n\nevent: typing\ndata: {"subject":"conversation:42"}\n\n';

test("events come out whole, however the bytes are cut", () => {
  for (let size = 1; size < TEXT.length; size += 3) {
    const parser = new Parser();
    const events = [];
    for (let at = 0; at < TEXT.length; at += size) events.push(...parser.feed(TEXT.slice(at, at + size)));
    assert.deepEqual(events, [
      { id: 7, type: "message.received", data: '{"subject":"conversation:42"}' },
      { id: 0, type: "typing", data: '{"subject":"conversation:42"}' },
    ]);
  }
});

test("data over several lines is one text, other line ends are fine", () => {
  assert.deepEqual(new Parser().feed("data: a\r\ndata: b\r\n\r\n"), [{ id: 0, type: "message", data: "a\nb" }]);
});

test("a beat moves the place to resume from, and is no event", () => {
  assert.deepEqual(new Parser().feed(": beat\nid: 9\n\n"), [{ id: 9, type: "", data: "" }]);
});

test("a page hears of the type, the subject and the kind", () => {
  assert.deepEqual(namesOf("message.received", "conversation:42"), ["live:message.received", "live:conversation:42", "live:conversation"]);
  assert.deepEqual(namesOf("reset", ""), ["live:reset"]);
});

test("the pause grows to half a minute and is spread", () => {
  assert.equal(pause(0), 0);
  assert.equal(pause(1, 1), 1000);
  assert.equal(pause(1, 0), 500);
  assert.equal(pause(20, 1), 30_000);
});

test("a list rests longer, the more has changed and the longer the answer took", () => {
  assert.equal(rest(1, 10, 0.5), 250);
  assert.equal(rest(1, 100, 0.5), 2000);
  assert.equal(rest(8, 10, 0.5), 2000);
  assert.equal(rest(100, 10, 0.5), 5000);
  assert.equal(rest(100, 10, 0), 3750);
  assert.equal(rest(100, 10, 1), 6250);
});

test("only answers that are meant for the page are swapped in", () => {
  const headers = (given) => (name) => given[name] ?? null;
  assert.equal(verdict(200, headers({})), "swap");
  assert.equal(verdict(422, headers({})), "swap");
  assert.equal(verdict(409, headers({ "HX-Retarget": "#toasts" })), "swap");
  assert.equal(verdict(502, headers({})), "tell");
  assert.equal(verdict(403, headers({ "HX-Redirect": "/" })), "leave");
});

test("a line's end that is cut in two ends one line", () => {
  const parser = new Parser();
  const events = ["event: made\r", "\ndata: {}\r", "\n\r", "\n"].flatMap((piece) => parser.feed(piece));
  assert.deepEqual(events.map(({ type, data }) => [type, data]), [["made", "{}"]]);
});
