// Which questions of a form are asked: those whose condition holds and whose answer is not known. Pure; form.js draws them.
//
// A field is {key, kind: "name|email|phone|text|choice", label, required, choices: [text], when: null | {key, value}}.

export function asked(fields, answers = {}, known = []) {
  return fields.filter((field) => !isKnown(field, known) && holds(field, fields, answers, known));
}

const isKnown = ({ key, kind }, known) => known.includes(key) || (["name", "email", "phone"].includes(kind) && known.includes(kind));

function holds({ when }, fields, answers, known, seen = []) {
  if (!when) return true;
  const other = fields.find((field) => field.key === when.key);
  if (!other || seen.includes(other.key) || isKnown(other, known)) return false; // a known answer is not told to the page
  return (answers[when.key] ?? "") === when.value && holds(other, fields, answers, known, [...seen, other.key]);
}

// The answers that count: of the questions that are asked, without what was typed before a condition changed.
export function given(fields, answers, known = []) {
  const keys = asked(fields, answers, known).map((field) => field.key);
  return Object.fromEntries(keys.filter((key) => (answers[key] ?? "").trim()).map((key) => [key, answers[key].trim()]));
}

// The name of the text that says what is missing, or "" where an answer will do.
export function problem(field, value = "") {
  const text = value.trim();
  if (!text) return field.required ? `form.missing_${field.kind === "choice" ? "choice" : "text"}` : "";
  if (field.kind === "email" && !isAddress(text)) return "form.wrong_email";
  if (field.kind === "phone" && text.replace(/\D/g, "").length < 5) return "form.wrong_phone";
  return "";
}

export const isAddress = (text) => /^[^\s@]+@[^\s@]+\.[^\s@]{2,}$/.test(text.trim());
