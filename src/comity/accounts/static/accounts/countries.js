// Names countries in the reader's language, in that language's order. Without JavaScript they stand in English.

export function named(options, language) {
  const words = new Intl.DisplayNames(language, { type: "region", fallback: "none" });
  const order = new Intl.Collator(language);
  return options
    .map(({ value, text }) => ({ value, text: words.of(value) ?? text }))
    .sort((one, other) => order.compare(one.text, other.text));
}

const field = globalThis.document?.querySelector("[data-countries] select[name=country]");
if (field) {
  const known = [...field.options].filter((option) => option.value);
  const byCode = new Map(known.map((option) => [option.value, option]));
  const language = document.documentElement.lang || undefined;
  for (const { value, text } of named(known.map(({ value, text }) => ({ value, text })), language)) {
    const option = byCode.get(value);
    option.text = text;
    field.append(option);
  }
}
