import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { load } from "./setup.js";

const { LANGUAGES, nearest, speaker } = await load("words.js");
const times = await load("times.js");
const { promised } = await load("promise.js");

const FOLDER = new URL("../../static/webchat/", import.meta.url);
const textsOf = (language) => JSON.parse(readFileSync(new URL(`texts/${language}.json`, FOLDER), "utf8"));
const english = textsOf("en");
const formsOf = (text) => (typeof text === "string" ? [text] : Object.values(text));
const holesOf = (text) => [...new Set(formsOf(text).flatMap((form) => form.match(/\{\w+\}/g) ?? []))].sort();

test("every language has every text, and nothing else", () => {
  assert.deepEqual(readdirSync(new URL("texts/", FOLDER)).sort(), LANGUAGES.map((language) => `${language}.json`).sort());
  for (const language of LANGUAGES) assert.deepEqual(Object.keys(textsOf(language)), Object.keys(english), language);
});

test("every text says something, with the same places to fill, in every plural of its language", () => {
  for (const language of LANGUAGES) {
    const wanted = new Intl.PluralRules(language).resolvedOptions().pluralCategories.sort();
    for (const [name, text] of Object.entries(textsOf(language))) {
      assert.ok(formsOf(text).every((form) => form.trim()), `${language} ${name}`);
      assert.deepEqual(holesOf(text), holesOf(english[name]), `${language} ${name}`);
      assert.equal(typeof text, typeof english[name], `${language} ${name}`);
      if (typeof text === "object") assert.deepEqual(Object.keys(text).sort(), wanted, `${language} ${name}`);
    }
  }
});

test("every text that the widget names is there, and each that is there is used", () => {
  const sources = readdirSync(FOLDER).filter((name) => name.endsWith(".js")).map((name) => readFileSync(new URL(name, FOLDER), "utf8")).join("\n");
  const named = [...sources.matchAll(/\bt\(\s*"([a-z_.]+\d*)"/g)].map(([, name]) => name);
  for (const name of named) assert.ok(name in english, name);
  const unused = Object.keys(english).filter((name) => !sources.includes(`"${name}"`));
  const built = /^(home\.(morning|afternoon|evening)|rate\.\d|state\.(stored|sent|delivered|read)|form\.missing_(text|choice))$/;
  assert.deepEqual(unused.filter((name) => !built.test(name)), []);
});

test("numbers are counted as the language counts", () => {
  const speak = (language, n) => speaker(textsOf(language), language)("launcher.unread", { n });
  assert.equal(speak("en", 1), "1 new message");
  assert.equal(speak("de", 3), "3 neue Nachrichten");
  assert.notEqual(speak("ar", 2), speak("ar", 3));
  assert.equal(nearest("pt-BR"), "en");
  assert.equal(nearest("fr-CA"), "fr");
});

test("days, times and lengths are said in the visitor's language", () => {
  const now = new Date("2026-03-10T12:00:00");
  assert.equal(times.day("2026-03-10T09:00:00", "en", now), "Today");
  assert.equal(times.day("2026-03-09T09:00:00", "de", now), "Gestern");
  assert.match(times.day("2025-03-09T09:00:00", "en", now), /2025/);
  assert.equal(times.ago("2026-03-10T11:51:00", "en", now), "9 min. ago");
  assert.equal(times.span(20, "en"), "1 minute");
  assert.equal(times.span(100, "en"), "2 minutes");
  assert.equal(times.span(3 * 3600, "de"), "3 Stunden");
  assert.match(times.opening("2026-03-11T09:00:00", "en", now), /^tomorrow, 9:00/);
});

test("nothing is promised that the server did not promise", () => {
  const by = { t: speaker(english, "en"), language: "en" };
  assert.equal(promised({ state: "online", seconds: 120 }, by), "Usually answered within 2 minutes");
  assert.equal(promised({ state: "later", seconds: null }, by), "We answer as soon as we can");
  assert.equal(promised({ state: "closed", seconds: 60 }, by), "Closed now. We answer when we are back");
  assert.equal(promised(undefined, by), "We answer as soon as we can");
});
