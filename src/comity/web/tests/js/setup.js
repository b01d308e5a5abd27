// What a module of the browser needs to be imported by node: enough for its pure functions to be checked.

globalThis.HTMLElement ??= class {};
globalThis.customElements ??= { define() {}, get() {} };
globalThis.document ??= { documentElement: { lang: "en" }, addEventListener() {} };
globalThis.addEventListener ??= () => {};

const SHELL = "../../static/web/";

export const load = (name) => import(`${SHELL}${name}`);
