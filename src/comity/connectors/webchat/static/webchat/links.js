// Addresses within text, found for people to click. Only http, https and mailto ever become links. Pure.

const ADDRESS = /\b(?:https?:\/\/|www\.)[^\s<>"'`{}|\\^]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+/giu;
const AFTER = /[.,;:!?…。、，！？»”’)\]}]+$/u;

// Pieces of the text in order: strings, and {text, href} where it is a link.
export function pieces(text) {
  const found = [];
  let from = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const said = trimmed(match[0]);
    const href = hrefOf(said);
    if (!href) continue;
    if (match.index > from) found.push(text.slice(from, match.index));
    found.push({ text: said, href });
    from = match.index + said.length;
  }
  if (from < text.length) found.push(text.slice(from));
  return found;
}

// Marks that end the sentence are not part of the address; a bracket that it opened itself is.
function trimmed(text) {
  let said = text.replace(AFTER, "");
  const rest = text.slice(said.length);
  for (const [open, shut] of ["()", "[]"]) {
    if (rest.startsWith(shut) && count(said, open) > count(said, shut)) said += shut;
  }
  return said;
}

const count = (text, sign) => text.split(sign).length - 1;

function hrefOf(said) {
  if (said.includes("@") && !/^(https?:|www\.)/i.test(said)) return `mailto:${said}`;
  return safe(/^www\./i.test(said) ? `https://${said}` : said);
}

// The address where it is one that may be opened, otherwise "": no javascript:, no data:.
export function safe(address) {
  try {
    const url = new URL(address);
    return ["http:", "https:", "mailto:", "tel:"].includes(url.protocol) ? url.href : "";
  } catch {
    return "";
  }
}
