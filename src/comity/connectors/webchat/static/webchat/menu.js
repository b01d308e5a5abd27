// A menu below its button, and a sheet that asks one thing. Both give the focus back to where it came from.

import { icon, make } from "./dom.js";

// `items` are {icon, label, act, isOn}; isOn (true or false) makes it one that is switched.
export function openMenu(button, items, label) {
  const host = button.getRootNode();
  const menu = make("div", { class: "menu", role: "menu", "aria-label": label, onkeydown: (event) => step(event, menu, shut) });
  menu.append(...items.map((item) => entry(item, () => shut())));
  function shut({ isBack = true } = {}) {
    menu.remove();
    host.removeEventListener("pointerdown", outside, true);
    button.setAttribute("aria-expanded", "false");
    if (isBack) button.focus();
  }
  const outside = (event) => {
    if (!event.composedPath().some((each) => each === menu || each === button)) shut({ isBack: false });
  };
  menu.addEventListener("focusout", (event) => event.relatedTarget && !menu.contains(event.relatedTarget) && event.relatedTarget !== button && shut({ isBack: false }));
  host.addEventListener("pointerdown", outside, true);
  button.setAttribute("aria-expanded", "true");
  button.parentElement.append(menu);
  menu.firstElementChild?.focus();
  menu.shut = shut;
  return menu;
}

function entry({ icon: name, label, act, isOn }, shut) {
  const switched = isOn === undefined ? { role: "menuitem" } : { role: "menuitemcheckbox", "aria-checked": String(isOn) };
  const click = () => {
    shut();
    act();
  };
  return make("button", { type: "button", tabindex: "-1", onclick: click, ...switched }, icon(name), make("span", { class: "grow" }, label), isOn && icon("check", "mark"));
}

function step(event, menu, shut) {
  const items = [...menu.children];
  const at = items.indexOf(menu.getRootNode().activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (event.key === "Escape") {
    event.stopPropagation();
    shut();
  } else if (to !== undefined) items[(to + items.length) % items.length].focus();
  else return;
  event.preventDefault();
}

// Asks one thing over the view. `content` stands between title and buttons; `act` may return a promise, and a text that it
// throws as {words} is shown. Resolves when it is gone.
export function ask(view, { title, words, content = [], verb, cancel, act }) {
  return new Promise((resolve) => {
    const from = view.getRootNode().activeElement;
    const wrong = make("p", { class: "wrong", role: "alert", hidden: true });
    const yes = make("button", { type: "submit", class: "btn btn-primary" }, verb);
    const no = make("button", { type: "button", class: "btn btn-ghost", onclick: () => shut() }, cancel);
    const head = make("h2", { id: "ask" }, title);
    const form = make("form", { class: "ask", role: "dialog", "aria-modal": "true", "aria-labelledby": "ask", novalidate: true }, head, words && make("p", {}, words), content, wrong, make("div", { class: "acts" }, no, yes));
    const veil = make("div", { class: "veil", onpointerdown: (event) => event.target === veil && shut(), onkeydown: (event) => keys(event, form, shut) }, form);
    const shut = () => {
      veil.remove();
      from?.focus();
      resolve();
    };
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (yes.getAttribute("aria-busy")) return;
      yes.setAttribute("aria-busy", "true");
      const said = await act();
      yes.removeAttribute("aria-busy");
      wrong.hidden = !said;
      wrong.textContent = said ?? "";
      if (!said) shut();
    });
    view.append(veil);
    (form.querySelector("input, textarea") ?? yes).focus();
  });
}

// Escape leaves; Tab goes round within.
function keys(event, form, shut) {
  if (event.key === "Escape") {
    event.stopPropagation();
    shut();
  } else if (event.key === "Tab") keepFocus(event, form);
}

export function keepFocus(event, element) {
  const all = [...element.querySelectorAll("a[href], button:not([disabled]), input, textarea, select, [tabindex='0']")].filter((each) => each.tabIndex >= 0 && each.checkVisibility());
  const active = element.getRootNode().activeElement;
  const over = event.shiftKey ? active === all[0] || active === element : active === all.at(-1);
  if (!over) return;
  event.preventDefault();
  (event.shiftKey ? all.at(-1) : all[0])?.focus();
}
