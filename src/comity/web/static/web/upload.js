// Sends one file with progress. Used by cm-upload and by the editor. No element of its own.

import { csrf, saidIn } from "./dom.js";
import { gettext, interpolate } from "./words.js";

// Resolves to the server's answer; rejects with an Error whose message is for people. `progress` gets 0 to 100.
export function send(url, file, { fields = {}, accept = "text/html", progress = () => {}, signal } = {}) {
  return new Promise((resolve, reject) => {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    form.append("file", file, file.name || nameFor(file.type));
    const request = new XMLHttpRequest();
    request.open("POST", url);
    for (const [name, value] of [["Accept", accept], ["X-CSRFToken", csrf()], ["HX-Request", "true"]]) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => event.lengthComputable && progress(Math.round((100 * event.loaded) / event.total));
    request.onload = () => (request.status < 400 ? resolve(request.responseText) : reject(new Error(reason(request))));
    request.onerror = () => reject(new Error(gettext("Not sent: there is no connection.")));
    request.onabort = () => reject(new Error(""));
    signal?.addEventListener("abort", () => request.abort());
    request.send(form);
  });
}

function reason(request) {
  if (request.status === 413) return gettext("This file is too big.");
  return saidIn(request.responseText) || interpolate(gettext("The server answered %(status)s."), { status: request.status });
}

// A name for what was pasted without one.
export function nameFor(type) {
  const ending = { "image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp", "text/plain": "txt" }[type] ?? "bin";
  return `${type.startsWith("image/") ? gettext("picture") : gettext("file")}.${ending}`;
}

export function sizeText(bytes, locale) {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"];
  const at = bytes < 1000 ? 0 : Math.min(3, Math.floor(Math.log10(bytes) / 3));
  const options = { style: "unit", unit: units[at], unitDisplay: at ? "short" : "long", maximumFractionDigits: at > 1 ? 1 : 0 };
  return new Intl.NumberFormat(locale, options).format(bytes / 1000 ** at);
}
