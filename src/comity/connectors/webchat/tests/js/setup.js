// What the widget's modules need to be imported by node: enough for their pure functions to be checked.

globalThis.document ??= { documentElement: { lang: "en" }, addEventListener() {}, visibilityState: "visible" };
globalThis.addEventListener ??= () => {};
globalThis.removeEventListener ??= () => {};

export const load = (name) => import(`../../static/webchat/${name}`);

// A localStorage that several stores may share, as tabs do.
export class Shelf {
  constructor() {
    this.items = new Map();
  }

  get length() {
    return this.items.size;
  }

  key(at) {
    return [...this.items.keys()][at] ?? null;
  }

  getItem(name) {
    return this.items.get(name) ?? null;
  }

  setItem(name, value) {
    this.items.set(name, value);
  }

  removeItem(name) {
    this.items.delete(name);
  }
}
