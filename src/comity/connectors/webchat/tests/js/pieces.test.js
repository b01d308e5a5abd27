import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { load } from "./setup.js";

const { pieces, safe } = await load("links.js");
const { Parser } = await load("stream.js");
const { isEnough, prove, sha256 } = await load("proof.js");
const { nextAt } = await load("emoji.js");
const { initials } = await load("faces.js");

const links = (text) => pieces(text).filter((piece) => piece.href).map((piece) => [piece.text, piece.href]);

test("addresses in a text become links, without the marks that end the sentence", () => {
  assert.deepEqual(links("See https://shop.example/a_(b), or www.shop.example."), [["https://shop.example/a_(b)", "https://shop.example/a_(b)"], ["www.shop.example", "https://www.shop.example/"]]);
  assert.deepEqual(links("(https://shop.example/x)"), [["https://shop.example/x", "https://shop.example/x"]]);
  assert.deepEqual(links("Write to ada@shop.test!"), [["ada@shop.test", "mailto:ada@shop.test"]]);
  assert.equal(pieces("a https://x.example b").map((piece) => piece.text ?? piece).join(""), "a https://x.example b");
});

test("nothing else is ever a link", () => {
  assert.deepEqual(links("javascript:alert(1) data:text/html,x <img src=x onerror=y>"), []);
  assert.equal(safe("javascript:alert(1)"), "");
  assert.equal(safe("JaVaScRiPt://x.example/%0aalert(1)"), "");
  assert.equal(safe("data:text/html,x"), "");
  assert.equal(safe("nonsense"), "");
  assert.equal(safe("https://x.example/a"), "https://x.example/a");
});

test("a stream cut anywhere gives the same events", () => {
  const text = 'id: 7\nevent: message\ndata: {"a":\ndata: 1}\n\n: alive\n\nid: 8\r\nevent: ready\r\ndata: {}\r\n\r\n';
  for (let at = 0; at < text.length; at += 1) {
    const parser = new Parser();
    const events = [...parser.feed(text.slice(0, at)), ...parser.feed(text.slice(at))].filter((event) => event.type);
    assert.deepEqual(events, [{ id: "7", type: "message", data: '{"a":\n1}' }, { id: "8", type: "ready", data: "{}" }], String(at));
  }
});

test("digests are those of everybody, and the work asked for is done", async () => {
  for (const text of ["", "abc", "x".repeat(55), "x".repeat(56), "é".repeat(70)]) {
    const ours = sha256(text).map((word) => word.toString(16).padStart(8, "0")).join("");
    assert.equal(ours, createHash("sha256").update(text).digest("hex"));
  }
  const { salt, number } = await prove({ salt: "s", bits: 9 });
  assert.ok(isEnough(sha256(`${salt}:${number}`), 9));
  assert.ok(!isEnough([0x00800000], 9));
});

test("arrows go through the emoji as they stand, mirrored too, and stop at the edges", () => {
  const grid = { columns: 8, count: 20, isMirrored: false };
  assert.equal(nextAt("ArrowRight", 0, grid), 1);
  assert.equal(nextAt("ArrowRight", 1, { ...grid, isMirrored: true }), 0);
  assert.equal(nextAt("ArrowDown", 3, grid), 11);
  assert.equal(nextAt("ArrowUp", 3, grid), 3);
  assert.equal(nextAt("End", 3, grid), 19);
  assert.equal(nextAt("x", 3, grid), 3);
});

test("initials are the first letters of the first and the last name", () => {
  assert.equal(initials("Aoife Ní Bhriain"), "AB");
  assert.equal(initials("élodie"), "É");
  assert.equal(initials(" "), "");
});
