import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./setup.js";

const { Tabs } = await load("tabs.js");

// navigator.locks as browsers do it: one holder, a queue, and `steal`.
class Locks {
  constructor() {
    this.queue = [];
  }

  request(name, options, work) {
    return new Promise((resolve, reject) => {
      const run = { work, resolve, reject };
      options.signal?.addEventListener("abort", () => this.holder !== run && reject(Object.assign(new Error("stop"), { name: "AbortError" })));
      if (options.steal && this.holder) {
        this.holder.reject(Object.assign(new Error("stolen"), { name: "AbortError" }));
        this.holder = undefined;
      }
      this.queue[options.steal ? "unshift" : "push"](run);
      this.next();
    });
  }

  next() {
    if (this.holder || !this.queue.length) return;
    const run = (this.holder = this.queue.shift());
    Promise.resolve(run.work()).then(run.resolve, run.reject).finally(() => {
      if (this.holder === run) this.holder = undefined;
      this.next();
    });
  }
}

const until = (signal) => new Promise((resolve) => signal.addEventListener("abort", resolve));
const moment = () => new Promise((resolve) => setTimeout(resolve, 5));

test("one tab leads at a time; the one that is looked at takes over, and the other follows when it closes", async () => {
  const locks = new Locks();
  const [one, other] = [0, 1].map(() => new Tabs("w1", { locks, Channel: null }));
  const [endOne, endOther] = [new AbortController(), new AbortController()];
  one.lead(until, endOne.signal);
  await moment();
  assert.deepEqual([one.isLeading, other.isLeading], [true, false]);

  other.lead(until, endOther.signal);
  await moment();
  assert.deepEqual([one.isLeading, other.isLeading], [false, true]);

  endOther.abort();
  await moment();
  assert.deepEqual([one.isLeading, other.isLeading], [true, false]);
  endOne.abort();
});

test("where a page may not lock, every tab leads for itself", async () => {
  const end = new AbortController();
  const tab = new Tabs("w1", { locks: undefined, Channel: null });
  tab.lead(until, end.signal);
  await moment();

  assert.equal(tab.isLeading, true);
  end.abort();
});
