// The house's own typeface, where its letters serve the language. Fetched as data, so that a page's policy needs no rule for fonts.

const LATIN = ["en", "de", "fr", "es"];
const FILE = "../web/fonts/schibsted-grotesk-latin-wght-normal.woff2";
let isAsked = false;

export async function loadFont(language) {
  if (isAsked || !LATIN.includes(language) || navigator.connection?.saveData) return;
  isAsked = true;
  try {
    const answer = await fetch(new URL(FILE, import.meta.url), { credentials: "omit" });
    if (!answer.ok) return;
    document.fonts.add(await new FontFace("Comity Sans", await answer.arrayBuffer(), { weight: "400 900" }).load());
  } catch {
    // the reader's own typeface serves as well
  }
}
