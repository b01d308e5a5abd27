// Tells the server, at most once in two minutes, that somebody is doing something on this page: without it nobody
// seems to be there. No element of its own.

import { csrf } from "./dom.js";

const EVERY = 120_000;

export function start(url = "/me/presence") {
  if (!document.querySelector(".rail")) return;
  let told = Date.now(); // opening the page was a sign already
  const tell = () => {
    if (Date.now() - told < EVERY || document.hidden) return;
    told = Date.now();
    fetch(url, { method: "POST", headers: { "X-CSRFToken": csrf(), "HX-Request": "true" } }).catch(() => {});
  };
  for (const name of ["pointerdown", "keydown", "wheel"]) addEventListener(name, tell, { passive: true });
}
