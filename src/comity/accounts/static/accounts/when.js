// A control with data-when="security=tls|starttls" is shown only while the control named `security` of its form has one
// of these values; data-when="host" while `host` is not empty. Without JavaScript everything is shown.

export function holds(condition, valueOf) {
  const [name, values] = condition.split("=");
  const value = valueOf(name);
  return values === undefined ? Boolean(value) : values.split("|").includes(value);
}

function follow(form) {
  const valueOf = (name) => {
    const control = form.elements[name];
    return control?.type === "checkbox" ? (control.checked ? "yes" : "no") : (control?.value ?? "");
  };
  const update = () => {
    for (const control of form.querySelectorAll("[data-when]")) {
      control.closest(".field").hidden = !holds(control.dataset.when, valueOf);
    }
  };
  form.addEventListener("input", update);
  update();
}

if (globalThis.document) {
  for (const form of new Set([...document.querySelectorAll("[data-when]")].map((control) => control.form))) follow(form);
}
