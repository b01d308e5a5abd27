// What the tests of pages ask of a page in the browser: globalThis.measure.

const CLICKABLE = "a[href], button, input, select, textarea, summary, [contenteditable]";
const SAID = "h1, h2, h3, p, td, th, label, dt, dd, li, .badge";
const LOOKS = ["outlineStyle", "outlineWidth", "boxShadow", "borderTopColor", "backgroundColor", "color", "opacity"];
const FINGER = 38;
const FRAMES = "label, .search, .composer, cm-chips, cm-editor, li, .field, .set-pick, .conv-row";

const nameOf = (one) => `${one.tagName} ${one.className} ${one.getAttribute("aria-label") ?? one.textContent.trim().slice(0, 30)}`;

function pathOf(one) {
  const path = [];
  for (let at = one; at && at !== document.body; at = at.parentElement) path.unshift([...at.parentElement.children].indexOf(at));
  return path.join(" ");
}

// Does it lie in something that scrolls by itself, or is hidden from sight but read aloud?
function isElsewhere(one) {
  for (let at = one.parentElement; at && at !== document.body; at = at.parentElement) {
    const how = getComputedStyle(at).overflowX;
    if (at.scrollWidth > at.clientWidth && /auto|scroll/.test(how)) return true;
    if (/hidden|clip/.test(how) && at.getBoundingClientRect().width < 3) return true;
  }
  return false;
}

// What reaches beyond the page though it should be seen.
function cut() {
  const wide = document.documentElement.clientWidth;
  const found = [];
  if (document.documentElement.scrollWidth > wide) found.push(`the page scrolls to ${document.documentElement.scrollWidth}`);
  for (const one of document.querySelectorAll(`${CLICKABLE}, ${SAID}`)) {
    const box = one.getBoundingClientRect();
    if (box.width < 2 || box.height < 2 || one.closest(".skip, .sr, [inert], svg")) continue;
    if (!one.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    const isCut = box.left < -1 || box.right > wide + 1;
    if (isCut && !isElsewhere(one)) found.push(`${nameOf(one)} ${Math.round(box.left)} to ${Math.round(box.right)} of ${wide}`);
  }
  return found;
}

// What moves although somebody asked for no motion.
function moves() {
  const running = document.getAnimations().filter((one) => one.playState === "running" && one.effect.target?.checkVisibility());
  const long = running.filter((one) => one.effect.getComputedTiming().activeDuration > 100);
  return long.map((one) => `${one.animationName ?? one.transitionProperty} on ${nameOf(one.effect.target)}`);
}

// How far a pseudo-element that lies around something reaches beyond it, at the top and at the bottom together.
function reach(one, part) {
  const how = getComputedStyle(one, part);
  const isAround = how.content !== "none" && how.position === "absolute";
  return isAround ? Math.max(0, parseFloat(how.height) - one.getBoundingClientRect().height) || 0 : 0;
}

// What is too low for a finger; a link within a sentence is as high as its line, and a field as what frames it.
function small() {
  const isFramed = (one) => one.matches("input:not([type=checkbox], [type=radio])") && one.closest(".search, cm-chips, .composer");
  const placeOf = (one) => one.closest("label") ?? (one.matches("[type=checkbox], [type=radio]") && one.labels[0]) ?? one;
  return [...document.querySelectorAll(`${CLICKABLE}, [role=option]`)].flatMap((one) => {
    const place = placeOf(one) || one;
    const isSeen = one.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !one.closest(".sr, .skip, [inert]");
    if (!isSeen || isFramed(one) || getComputedStyle(place).display === "inline" || place.getBoundingClientRect().width < 2) return [];
    const high = place.getBoundingClientRect().height + Math.max(reach(place, "::before"), reach(place, "::after"));
    return high < FINGER ? [`${nameOf(one)} is ${Math.round(high)} high`] : [];
  });
}

// Everything in the page's main part that the keyboard should reach, by its place.
function reachable() {
  const isChosenElsewhere = (one) => one.type === "radio" && !one.checked && document.querySelector(`input[name="${one.name}"]:checked`);
  const all = [...document.querySelectorAll("main")].flatMap((main) => [...main.querySelectorAll(CLICKABLE)]);
  const there = all.filter((one) => one.tabIndex >= 0 && !one.disabled && one.type !== "hidden" && !isChosenElsewhere(one));
  const seen = there.filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.closest("[inert], [popover]:not(:popover-open)"));
  return Object.fromEntries(seen.map((one) => [pathOf(one), nameOf(one)]));
}

function looks(one) {
  const places = [one, one.parentElement, ...[one.closest(FRAMES)].filter(Boolean)];
  const parts = places.flatMap((place) => [undefined, "::before", "::after"].map((part) => getComputedStyle(place, part)));
  return parts.map((how) => LOOKS.map((name) => how[name]).join()).join(";");
}

let before;

// A caret shows where one types, within a frame that is ringed as a whole.
const hasCaret = (one) => one.matches("[contenteditable], input:not([type=checkbox], [type=radio])") && one.closest(".composer");

// Where the focus is now (null: outside the page), and whether its last place looked different while it had it.
function focus() {
  const one = document.activeElement;
  const isSame = before?.one.isConnected && looks(before.one) === before.looks && !hasCaret(before.one);
  const isPlain = isSame ? nameOf(before.one) : "";
  const isThere = one && one !== document.body;
  before = isThere ? { one, looks: looks(one) } : undefined;
  const box = one?.getBoundingClientRect();
  const isSeen = isThere && box.width > 0 && box.height > 0 && one.checkVisibility({ visibilityProperty: true });
  return { path: isThere ? pathOf(one) : null, unmarked: isPlain, unseen: isThere && !isSeen ? nameOf(one) : "" };
}

globalThis.measure = { cut, focus, moves, reachable, small };
