import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./setup.js";

const { isPage, isWanted, partOfDay } = await load("rules.js");
const { titled } = await load("notice.js");

const SHOP = "https://shop.example/shop/heron?colour=petrol#size";

test("pages are named as people write them", () => {
  assert.ok(isPage("/shop/*", SHOP));
  assert.ok(isPage("https://shop.example/shop/heron", SHOP));
  assert.ok(isPage("*colour=petrol*", SHOP));
  assert.ok(isPage("/shop/heron?colour=*", SHOP));
  assert.ok(!isPage("/shop", SHOP));
  assert.ok(!isPage("/shop.heron", SHOP));
  assert.ok(!isPage("", SHOP));
});

test("without rules the chat is on every page; a page that is left out stays without", () => {
  assert.ok(isWanted({}, SHOP));
  assert.ok(isWanted({ rules: { pages: ["/shop/*"], not_pages: [] } }, SHOP));
  assert.ok(!isWanted({ rules: { pages: ["/help"], not_pages: [] } }, SHOP));
  assert.ok(!isWanted({ rules: { pages: ["/shop/*"], not_pages: ["*/heron"] } }, SHOP));
});

test("where it is shown in business hours only, it is not there while nobody is", () => {
  const rules = { only_in_hours: true };
  assert.ok(!isWanted({ rules, promise: { state: "closed" } }, SHOP));
  assert.ok(isWanted({ rules, promise: { state: "later" } }, SHOP));
});

test("the greeting knows the time of day", () => {
  assert.deepEqual([5, 11, 12, 17, 18, 23, 3].map(partOfDay), ["morning", "morning", "afternoon", "afternoon", "evening", "evening", "evening"]);
});

test("the number before the title comes and goes, and the page's own title stays", () => {
  assert.equal(titled("Heron 2", 3), "(3) Heron 2");
  assert.equal(titled("(3) Heron 2", 4), "(4) Heron 2");
  assert.equal(titled("(3) Tern", 0), "Tern");
  assert.equal(titled("Heron 2", 250), "(99+) Heron 2");
});
