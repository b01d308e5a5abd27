// Small things that every element does with the page. No element of its own.

const SVG = "http://www.w3.org/2000/svg";
const sprite = new URL("./icons.svg", import.meta.url).pathname;

// An icon of the sprite, as ornament.
export function icon(name, classes = "") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", `i ${classes}`.trim());
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${sprite}#i-${name}`);
  svg.append(use);
  return svg;
}

// An element with attributes and children: make("button", { type: "button", class: "btn" }, "Send").
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

export function tell(element, name, detail = {}) {
  return element.dispatchEvent(new CustomEvent(name, { bubbles: true, cancelable: true, detail }));
}

// Fetches a part of the page. Requests of one source wait for each other, and of those that wait only the last is made: so
// each part is a source of its own.
export function fetchInto(place, url, { source = place, swap = "morph:outerHTML" } = {}) {
  return window.htmx.ajax("GET", url, { source, target: place, swap });
}

// The token that every unsafe request carries; it stands on <body hx-headers>.
export function csrf() {
  const headers = document.body.getAttribute("hx-headers");
  return headers ? JSON.parse(headers)["X-CSRFToken"] : "";
}

export const isTyping = (target) =>
  Boolean(target?.closest?.("input:not([type=checkbox], [type=radio], [type=button], [type=submit], [type=range]), textarea, select, [contenteditable=true]"));

// What a refused request says, from the toast the server made or from plain text.
export function saidIn(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  return (page.querySelector("cm-toast .grow, .lead p, h1") ?? page.body).textContent.trim().slice(0, 300);
}
