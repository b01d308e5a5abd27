// The tabs of one visitor on one site. One of them leads: it reads the stream and posts what was typed; the others hear from
// it. The tab that is looked at takes the lead, so no sleeping tab holds it. Where a page may not lock (plain http), every
// tab leads for itself, which is harmless: the server knows each message by its key.

export class Tabs {
  constructor(key, { locks = globalThis.navigator?.locks, Channel = globalThis.BroadcastChannel } = {}) {
    this.name = `comity:${key}`;
    this.locks = locks;
    this.channel = Channel ? new Channel(this.name) : null;
    this.isLeading = false;
  }

  hear(told) {
    if (this.channel) this.channel.onmessage = ({ data }) => told(data);
  }

  tell(news) {
    this.channel?.postMessage(news);
  }

  // Runs `work` while this tab leads, again and again, until `signal` ends it. `work` gets a signal of its own.
  async lead(work, signal) {
    let takes = isSeen();
    while (!signal.aborted) takes = await this.turn(work, signal, takes);
  }

  // One turn: leads at once, or queues for the lead. Resolves to whether the next turn may take it from another tab.
  async turn(work, signal, takes) {
    const over = new AbortController();
    const queue = new AbortController();
    const end = () => [over, queue].forEach((each) => each.abort());
    const look = () => isSeen() && queue.abort();
    signal.addEventListener("abort", end, { once: true, signal: over.signal });
    addEventListener("focus", look, { signal: over.signal });
    document.addEventListener("visibilitychange", look, { signal: over.signal });
    const lead = async () => {
      this.isLeading = true;
      await work(over.signal);
    };
    try {
      const options = takes ? { steal: true } : { signal: queue.signal };
      await (this.locks ? this.locks.request(`${this.name}:lead`, options, lead) : lead());
    } catch (error) {
      if (error.name === "SecurityError") this.locks = undefined; // a frame that may not lock
      else if (error.name !== "AbortError") throw error; // otherwise another tab is looked at now, or this one is
    } finally {
      this.isLeading = false;
      over.abort();
    }
    return queue.signal.aborted;
  }

  // Does something that no other tab does meanwhile, such as becoming a visitor.
  async alone(what, work) {
    return this.locks ? this.locks.request(`${this.name}:${what}`, work) : work();
  }

  close() {
    this.channel?.close();
  }
}

const isSeen = () => document.visibilityState === "visible";
