// Times in the visitor's language and zone. Pure.

const UNITS = [["day", 86_400], ["hour", 3600], ["minute", 60]];

export const clock = (at, language) => new Intl.DateTimeFormat(language, { hour: "numeric", minute: "2-digit" }).format(new Date(at));

// Today, Yesterday, Monday 3 March.
export function day(at, language, now = new Date()) {
  const date = new Date(at);
  const days = Math.round((midnight(date) - midnight(now)) / 86_400_000);
  if (days === 0 || days === -1) return capital(new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(days, "day"), language);
  const year = date.getFullYear() === now.getFullYear() ? undefined : "numeric";
  return new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long", year }).format(date);
}

// How long ago, in few letters: 9 min. ago.
export function ago(at, language, now = new Date()) {
  const seconds = Math.min(0, (new Date(at) - now) / 1000);
  const words = new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "short" });
  const [unit, size] = UNITS.find(([, size]) => -seconds >= size) ?? ["second", 0];
  return size ? words.format(Math.trunc(seconds / size), unit) : words.format(0, "second");
}

// A length of time that people promise: 2 minutes, 3 hours. Never less than a minute.
export function span(seconds, language) {
  const [unit, size] = UNITS.find(([, size]) => seconds >= size * 1.5) ?? UNITS.at(-1);
  const number = Math.max(1, Math.ceil(seconds / size));
  return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" }).format(number);
}

// When somebody is there again: at 09:00, tomorrow with its time, or a day with its time.
export function opening(at, language, now = new Date()) {
  const date = new Date(at);
  const days = Math.round((midnight(date) - midnight(now)) / 86_400_000);
  if (days === 0) return clock(date, language);
  const named = days === 1 ? new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(1, "day") : weekday(date, days, language);
  return `${named}, ${clock(date, language)}`;
}

function weekday(date, days, language) {
  const far = days > 6 ? { day: "numeric", month: "long" } : {};
  return new Intl.DateTimeFormat(language, { weekday: "long", ...far }).format(date);
}

export function size(bytes, language) {
  const [unit, of] = bytes < 1_000_000 ? ["kilobyte", 1000] : ["megabyte", 1_000_000];
  const maximumFractionDigits = of > 1000 ? 1 : 0;
  return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "short", maximumFractionDigits }).format(Math.max(bytes / of, unit === "kilobyte" ? 1 : 0));
}

const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate());
const capital = (text, language) => text.charAt(0).toLocaleUpperCase(language) + text.slice(1);
