// Questions before a conversation begins: only those whose answer is not known, and whose condition holds.

import { asked, given, problem } from "./conditions.js";
import { icon, make, patch } from "./dom.js";

const TYPES = { email: ["email", "email"], phone: ["tel", "tel"], name: ["text", "name"], text: ["text", "off"] };

export class Form {
  // `by` is {t, fields, known, done(answers)}.
  constructor(by) {
    this.by = by;
    this.answers = {};
    this.rows = new Map();
    this.list = make("div", { class: "form scroll grow" });
    const go = make("button", { type: "submit", class: "btn btn-primary btn-lg wide" }, by.t("form.go"));
    this.element = make("form", { class: "view", novalidate: true, onsubmit: (event) => this.submit(event), oninput: () => this.read(), onchange: () => this.read() }, this.list, make("div", { class: "foot" }, go));
    this.intro = make("p", { class: "soft sm" }, by.t("form.intro"));
    this.draw();
  }

  get shown() {
    return asked(this.by.fields, this.answers, this.by.known);
  }

  draw() {
    patch(this.list, [this.intro, ...this.shown.map((field) => this.row(field))]);
  }

  focus() {
    this.list.querySelector(".input")?.focus();
  }

  read() {
    for (const [key, { input }] of this.rows) this.answers[key] = input.value;
    for (const { input, wrong } of this.rows.values()) if (wrong.textContent) this.check(input, wrong);
    this.draw();
  }

  row(field) {
    const before = this.rows.get(field.key);
    if (before) return before.element;
    const input = control(field, this.by.t);
    const wrong = make("div", { class: "wrong", id: `wrong-${field.key}`, role: "alert" });
    const optional = !field.required && make("span", { class: "muted xs" }, ` ${this.by.t("form.optional")}`);
    const label = make("label", { for: input.id, dir: "auto" }, field.label, optional);
    const element = make("div", { class: "field" }, label, input, wrong);
    input.field = field;
    input.addEventListener("blur", () => input.value && this.check(input, wrong));
    this.rows.set(field.key, { element, input, wrong });
    return element;
  }

  check(input, wrong) {
    const said = problem(input.field, input.value);
    wrong.replaceChildren(...(said ? [icon("circle-alert", "i-sm"), make("span", {}, this.by.t(said))] : []));
    input.setAttribute("aria-invalid", String(Boolean(said)));
    if (said) input.setAttribute("aria-describedby", wrong.id);
    else input.removeAttribute("aria-describedby");
    return !said;
  }

  submit(event) {
    event.preventDefault();
    this.read();
    const rows = this.shown.map((field) => this.rows.get(field.key));
    const bad = rows.filter(({ input, wrong }) => !this.check(input, wrong));
    if (bad.length) bad[0].input.focus();
    else this.by.done(given(this.by.fields, this.answers, this.by.known));
  }
}

function control({ key, kind, required, choices = [] }, t) {
  const about = { class: "input", id: `field-${key}`, name: key, "aria-required": String(Boolean(required)) };
  if (kind === "choice") {
    const options = choices.map((choice) => make("option", { value: choice }, choice));
    return make("select", about, make("option", { value: "" }, t("form.choose")), options);
  }
  const [type, autocomplete] = TYPES[kind] ?? TYPES.text;
  return make("input", { ...about, type, autocomplete, dir: "auto" });
}
