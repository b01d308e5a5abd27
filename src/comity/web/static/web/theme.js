// Light or dark: turns the page at once and tells the server, which keeps it for the person. No element of its own.

import { csrf } from "./dom.js";

export function start() {
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-theme-form]");
    if (!form || !event.submitter) return;
    event.preventDefault();
    const theme = event.submitter.value;
    if (theme) document.documentElement.dataset.theme = theme;
    else delete document.documentElement.dataset.theme;
    for (const button of form.querySelectorAll("button")) button.setAttribute("aria-pressed", String(button === event.submitter));
    fetch(form.action, { method: "POST", body: new URLSearchParams({ theme }), headers: { "X-CSRFToken": csrf(), "HX-Request": "true" } });
  });
}
