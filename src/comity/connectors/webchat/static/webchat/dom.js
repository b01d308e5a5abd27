// Small things that every part of the widget does with the page. Nothing here writes markup or style attributes, which a
// strict policy of the page would forbid.

import { DRAWINGS } from "./icons.js";

const SVG = "http://www.w3.org/2000/svg";

// An element with attributes, listeners and children: make("button", { type: "button", onclick: send }, "Send").
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child != null && child !== false));
  return element;
}

export function icon(name, classes = "") {
  const svg = document.createElementNS(SVG, "svg");
  const attributes = { class: `i ${classes}`.trim(), viewBox: "0 0 24 24", "aria-hidden": "true" };
  for (const [attribute, value] of Object.entries(attributes)) svg.setAttribute(attribute, value);
  for (const d of DRAWINGS[name] ?? []) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}

// A button that shows only an icon, with its words for whoever can't see it.
export function iconButton(name, label, onclick, attributes = {}) {
  return make("button", { type: "button", class: "icon-btn", "aria-label": label, title: label, onclick, ...attributes }, icon(name));
}

// Makes `parent` hold exactly these nodes. What stays is not touched, so focus, selection and scrolling stay too.
export function patch(parent, nodes) {
  const wanted = new Set(nodes);
  for (const child of [...parent.childNodes]) if (!wanted.has(child)) child.remove();
  nodes.forEach((node, at) => parent.childNodes[at] !== node && parent.insertBefore(node, parent.childNodes[at] ?? null));
}

// A style sheet from text. `rem` follows what the reader chose as text size, not what the page set on its root.
export function sheet(css, root = rootSize()) {
  const made = new CSSStyleSheet();
  made.replaceSync(css.replace(/(?<![\w.])(\d*\.?\d+)rem\b/g, (_, size) => `${Number(size) * root}px`));
  return made;
}

let measured;

function rootSize() {
  if (measured) return measured;
  const probe = make("comity-probe");
  probe.attachShadow({ mode: "open" }).adoptedStyleSheets = [probeSheet()];
  document.documentElement.append(probe);
  measured = parseFloat(getComputedStyle(probe).fontSize) || 16;
  probe.remove();
  return measured;
}

function probeSheet() {
  const made = new CSSStyleSheet();
  made.replaceSync(":host { all: initial !important; display: none !important; font-size: medium !important; }");
  return made;
}
