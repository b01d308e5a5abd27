import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./setup.js";

const { withoutConnection } = await load("answers.js");
const { addressIn, isAddress, split } = await load("addresses.js");
const { clean, tidy } = await load("editor-paste.js");
const { withScheme } = await load("editor-bar.js");
const { nameFor, sizeText } = await load("upload.js");
const { interpolate, ngettext } = await load("words.js");

test("a list of addresses is taken apart as mail programs write it", () => {
  assert.deepEqual(split('"Berg, Anna" <anna@x.org>; b@y.org\nc@z.org, '), ['"Berg, Anna" <anna@x.org>', "b@y.org", "c@z.org"]);
  assert.deepEqual(split(""), []);
});

test("addresses are checked as people write them", () => {
  assert.equal(addressIn("Anna <anna@x.org>"), "anna@x.org");
  for (const good of ["a@b.org", "Anna Berg <anna.berg+x@mail.example.com>", "jörg@köln.example"]) assert.equal(isAddress(good), true, good);
  for (const bad of ["wrong@", "a@b", "a b@c.org", "@c.org", "a@b..", "a,b@c.org"]) assert.equal(isAddress(bad), false, bad);
});

test("pasted HTML loses its styles, classes and office parts, and keeps its text", () => {
  const word = '<html><head><style>p{color:red}</style></head><!--[if mso]>x<![endif]--><p class="MsoNormal" style="margin:0"><o:p></o:p><span lang="EN" style="font-size:11pt">Hello <b>you</b></span></p></html>';
  const cleaned = clean(word);
  assert.ok(cleaned.includes("<p>Hello <b>you</b></p>"), cleaned);
  assert.doesNotMatch(cleaned, /style|class|mso|o:p|color/);
});

test("pasted spreadsheets keep their cells", () => {
  assert.equal(clean('<table border=0 cellpadding="0" style="x"><tr height=20><td class=xl65 width="64" colspan="2">1</td></tr></table>'), '<table><tr><td colspan="2">1</td></tr></table>');
});

test("the bold wrapper of pasted documents is not bold", () => {
  assert.equal(clean('<b style="font-weight:normal;" id="docs-internal"><p dir="ltr">Hi</p></b>'), "<p>Hi</p>");
});

test("handlers in pasted tags are gone, words that look like them stay", () => {
  assert.equal(clean('<p onclick="x()">on click = fine, style="x"</p>'), '<p>on click = fine, style="x"</p>');
});

test("what is kept has no widths of the editor, no picture on its way", () => {
  const html = '<p>style="x"</p><table style="min-width: 50px;"><colgroup><col style="min-width: 25px;"></colgroup><tbody></tbody></table><p><img src="blob:x" alt="a"></p>';
  assert.equal(tidy(html), '<p>style="x"</p><table><tbody></tbody></table><p></p>');
});

test("a link gets the scheme that was meant, and no dangerous one", () => {
  assert.equal(withScheme("example.org/a"), "https://example.org/a");
  assert.equal(withScheme("anna@x.org"), "mailto:anna@x.org");
  assert.equal(withScheme("http://x.org"), "http://x.org");
  assert.equal(withScheme("javascript:alert(1)"), "");
  assert.equal(withScheme("localhost:8000/x"), "https://localhost:8000/x");
});

test("sizes and names are for people", () => {
  assert.equal(sizeText(900, "en"), "900 bytes");
  assert.equal(sizeText(8_100_000, "en"), "8.1 MB");
  assert.equal(nameFor("image/png"), "picture.png");
});

test("places in sentences are filled by name", () => {
  assert.equal(interpolate("%(n)s of %(all)s", { n: 0, all: 3 }), "0 of 3");
  assert.equal(ngettext("one", "many", 2), "many");
});

test("without a connection only what somebody asked for is spoken of", () => {
  assert.match(withoutConnection({ verb: "post" }), /^Not sent/);
  assert.match(withoutConnection({ verb: "get", triggeringEvent: { type: "click" } }), /^Not loaded/);
  assert.equal(withoutConnection({ verb: "get", triggeringEvent: { type: "live:conversation:7" } }), "");
  assert.equal(withoutConnection({ verb: "get" }), "");
});
