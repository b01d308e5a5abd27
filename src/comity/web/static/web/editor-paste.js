// Cleans HTML that is pasted from mail, word processors and spreadsheets: their styles would be blocked by our policy
// anyway, and their classes mean nothing here. Pure. The editor's schema then keeps what it knows.

const UNWANTED = /<!--[\s\S]*?-->|<(style|script|title|xml|head|svg)\b[\s\S]*?<\/\1\s*>|<\/?(?:meta|link|base|o:p|v:\w+|w:\w+|m:\w+|font|span|center)\b[^>]*>/gi;
const ATTRIBUTES = /\s(?:style|class|id|lang|dir|align|valign|bgcolor|border|cell\w+|width|height|nowrap|face|color|size|xmlns[\w:]*|data-(?!type|id|label)[\w-]+|on\w+)\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]+)/gi;

export function clean(html) {
  return html
    .replace(/<b\b[^>]*font-weight:\s*normal[^>]*>([\s\S]*)<\/b>/i, "$1") // the wrapper of Google's documents
    .replace(UNWANTED, "")
    .replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(ATTRIBUTES, ""))
    .replace(/<p>(?:\s|&nbsp;)*<\/p>/gi, "");
}

// The editor's HTML as it is kept: no widths that it gives its tables for itself, no pictures still on their way.
export function tidy(html) {
  return html
    .replace(/<img[^>]*\ssrc="blob:[^>]*>/g, "")
    .replace(/<colgroup>[\s\S]*?<\/colgroup>/g, "")
    .replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(/\sstyle="[^"]*"/g, ""));
}
