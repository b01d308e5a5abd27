// What the widget keeps on this device: the page's own localStorage under comity:<key>:…. Where a page may not store
// (private windows, full disks), it is kept as long as the page is open.

export class Store {
  constructor(key, storage = usable("localStorage")) {
    this.prefix = `comity:${key}:`;
    this.storage = storage;
    this.held = new Map(); // what would not be stored
  }

  get(name) {
    if (this.held.has(name)) return this.held.get(name);
    try {
      return JSON.parse(this.storage?.getItem(this.prefix + name) ?? "null");
    } catch {
      return null; // somebody else wrote there, or the storage was closed meanwhile
    }
  }

  set(name, value) {
    this.held.delete(name);
    try {
      if (value == null) this.storage?.removeItem(this.prefix + name);
      else this.storage.setItem(this.prefix + name, JSON.stringify(value));
    } catch {
      if (value != null) this.held.set(name, value);
    }
  }

  // The names that begin so, in their order.
  names(beginning = "") {
    const found = new Set([...this.held.keys()].filter((name) => name.startsWith(beginning)));
    const whole = this.prefix + beginning;
    for (let at = 0; at < (this.storage?.length ?? 0); at += 1) {
      const name = this.storage.key(at);
      if (name?.startsWith(whole)) found.add(name.slice(this.prefix.length));
    }
    return [...found].sort();
  }

  clear() {
    this.names().forEach((name) => this.set(name, null));
  }
}

// The storage of that name, or null where the browser refuses even to be asked.
export function usable(name) {
  try {
    globalThis[name].getItem("comity");
    return globalThis[name];
  } catch {
    return null;
  }
}
