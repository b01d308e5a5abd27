// The widget's texts in the visitor's language. texts/<language>.json holds them; a text that counts has a form for each
// plural of its language. Pure but for `load`.

export const LANGUAGES = ["en", "de", "fr", "es", "ar", "ja"];

// Returns t: t("home.start"), t("home.unread", { n: 3 }).
export function speaker(texts, language) {
  const plural = new Intl.PluralRules(language);
  return (name, values = {}) => {
    const text = texts[name] ?? name;
    const chosen = typeof text === "string" ? text : (text[plural.select(values.n ?? 0)] ?? text.other);
    return chosen.replace(/\{(\w+)\}/g, (whole, each) => (typeof values[each] === "number" ? numeral(values[each], language) : (values[each] ?? whole)));
  };
}

const numeral = (number, language) => new Intl.NumberFormat(language).format(number);

// The nearest language that there are texts for.
export function nearest(language) {
  const short = (language ?? "").toLowerCase().split("-")[0];
  return LANGUAGES.includes(short) ? short : "en";
}

export async function load(language, base = import.meta.url) {
  const answer = await fetch(new URL(`texts/${nearest(language)}.json`, base), { credentials: "omit" });
  return speaker(await answer.json(), nearest(language));
}
