// Fragments as elements. No element of its own.

export function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

// A named piece of a fragment: <template data-part="new">.
export const part = (page, name) => page.querySelector(`template[data-part="${name}"]`);

// Does the place already have this message?
export const isThere = (place, message) => Boolean(place.querySelector(`[id="${message.id}"]`));
