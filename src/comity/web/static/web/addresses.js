// Mail addresses as people write them. Pure; cm-chips.js shows them.

// "Anna Berg <anna@x.org>; b@y.org" gives the addresses one by one; commas within quotes and brackets stay.
export function split(text) {
  const parts = text.match(/(?:"[^"]*"|<[^>]*>|[^,;\n"<]|["<])+/g) ?? [];
  return parts.map((part) => part.trim()).filter(Boolean);
}

export const addressIn = (value) => (/<([^<>]+)>\s*$/.exec(value)?.[1] ?? value).trim();
export const isAddress = (value) => /^[^\s@<>(),;:"[\]]+@[^\s@<>(),;:"[\]]+\.[^\s@<>(),;:".[\]]{2,}$/u.test(addressIn(value));
