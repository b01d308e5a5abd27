// The words of browser code. The catalogue (views/assets.py, `words`) defines the global functions; without it the
// English source stands. Write whole sentences with named places: interpolate(gettext("%(n)s files"), {n: 3}).

const given = globalThis;

export const gettext = (text) => given.django?.gettext?.(text) ?? text;
export const ngettext = (one, many, count) => given.django?.ngettext?.(one, many, count) ?? (count === 1 ? one : many);
export const interpolate = (text, values) => text.replace(/%\((\w+)\)s/g, (_, name) => String(values[name] ?? ""));
// For Intl. English writes dates as core/formats/en does: the day first, twenty-four hours.
export const language = () => {
  const lang = given.document?.documentElement.lang;
  return lang === "en" ? "en-GB" : lang || undefined;
};
