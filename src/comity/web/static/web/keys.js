// Which key was pressed, and which part of the page wants it. Pure; cm-keys.js listens.

const MODIFIERS = new Set(["Control", "Shift", "Alt", "Meta", "AltGraph", "CapsLock", "Dead", "Process"]);
const NATIVE = new Set(["Ctrl+z", "Ctrl+y", "Ctrl+a", "Ctrl+c", "Ctrl+v", "Ctrl+x", "Ctrl+b", "Ctrl+i", "Ctrl+u"]);

// "j", "?", "Shift+f", "Ctrl+Enter", "Ctrl+Shift+Enter"; "" for a modifier alone. ⌘ counts as Ctrl.
export function keyOf(event) {
  if (MODIFIERS.has(event.key) || event.isComposing) return "";
  let key = event.key;
  const letter = /^Key([A-Z])$/.exec(event.code ?? "")?.[1];
  if (letter && key.length === 1 && key.charCodeAt(0) > 127) key = letter; // a keyboard of another alphabet
  const isLetter = /^[a-z]$/i.test(key);
  if (isLetter) key = key.toLowerCase();
  const parts = [];
  if (event.ctrlKey || event.metaKey) parts.push("Ctrl");
  if (event.altKey && !event.getModifierState?.("AltGraph")) parts.push("Alt");
  if (event.shiftKey && (isLetter || key.length > 1)) parts.push("Shift");
  return [...parts, key].join("+");
}

// May this key act here? Single keys never act while somebody types, nor when they are switched off.
export function mayAct(key, { isTyping, hasKeys }) {
  if (key.startsWith("Ctrl+") || key.startsWith("Alt+")) return !(isTyping && NATIVE.has(key));
  if (key === "Escape") return true;
  return hasKeys && !isTyping;
}

// The keys of a data-key attribute: "j|ArrowDown" gives two, "g i" is one after the other. Letters in lower case.
export function keysIn(attribute) {
  return attribute.split("|").map((each) => each.trim().replace(/(^|[+ ])([A-Z])(?=$| )/g, (_, before, letter) => before + letter.toLowerCase())).filter(Boolean);
}

// How a key is written on the page.
export function shown(key) {
  const names = { Ctrl: "Ctrl", Enter: "↵", Shift: "⇧", Escape: "Esc", ArrowDown: "↓", ArrowUp: "↑", ArrowLeft: "←", ArrowRight: "→", " ": "␣" };
  return key.split(" ").map((one) => one.split("+").map((part) => names[part] ?? (part.length === 1 ? part.toUpperCase() : part)).join(" ")).filter(Boolean);
}
