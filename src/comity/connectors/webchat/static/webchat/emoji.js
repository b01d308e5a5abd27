// A small set of emoji to choose from, with arrow keys too. Their names are read out by the reader's own program.

import { make } from "./dom.js";

const SET = "🙂 😊 😄 😂 😉 😍 🥰 😘 😎 🤔 😐 😮 😢 😭 😞 😠 😱 😴 🤗 🙈 👍 👎 👌 🙏 👏 👋 💪 🤝 🎉 🎁 ❤️ 💛 💚 💙 💔 ⭐ ✨ 🔥 ☀️ 🌧️ ✅ ❌ ❓ ❗ ⏰ 📷 📦 🚚".split(" ");

// A grid over the field; `choose` gets the sign, `shut` is called when the grid has gone and may take the focus.
export function emojiGrid({ label, choose, shut }) {
  const leave = (isBack) => {
    grid.remove();
    shut(isBack);
  };
  const buttons = SET.map((sign, at) => make("button", { type: "button", tabindex: at ? "-1" : "0", onclick: () => choose(sign) }, sign));
  const grid = make("div", { class: "emoji scroll", role: "group", "aria-label": label, onkeydown: (event) => step(event, grid, buttons, leave) }, buttons);
  grid.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !grid.contains(event.relatedTarget) && !event.relatedTarget.closest(".writing")) leave(false);
  });
  grid.leave = leave;
  return grid;
}

function step(event, grid, buttons, leave) {
  if (event.key === "Escape") {
    event.stopPropagation();
    return leave(true);
  }
  const at = buttons.indexOf(grid.getRootNode().activeElement);
  const columns = getComputedStyle(grid).gridTemplateColumns.split(" ").length;
  const to = nextAt(event.key, at, { columns, count: buttons.length, isMirrored: grid.matches(":dir(rtl)") });
  if (to === at) return undefined;
  event.preventDefault();
  buttons[at].tabIndex = -1;
  buttons[to].tabIndex = 0;
  return buttons[to].focus();
}

// The place in a grid to which a key leads. Pure.
export function nextAt(key, at, { columns, count, isMirrored }) {
  const along = isMirrored ? -1 : 1;
  const to = { ArrowRight: at + along, ArrowLeft: at - along, ArrowDown: at + columns, ArrowUp: at - columns, Home: 0, End: count - 1 }[key];
  return to === undefined || to < 0 || to >= count ? at : to;
}
