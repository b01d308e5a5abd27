// @ in <cm-editor>: asks mentions-url?q=… for people, JSON [{id, label, hint}], and puts one in as
// <span data-type="mention" data-id="7" data-label="Anna Berg">@Anna Berg</span>.

import { make } from "./dom.js";
import { gettext } from "./words.js";

export function mentions(element, { Mention }) {
  return Mention.configure({
    deleteTriggerWithBackspace: true,
    suggestion: {
      char: "@",
      items: ({ query }) => find(element.getAttribute("mentions-url"), query),
      render: () => list(element),
    },
  });
}

async function find(url, query) {
  const answer = await fetch(`${url}?${new URLSearchParams({ q: query })}`, { headers: { Accept: "application/json" } });
  return answer.ok ? answer.json() : [];
}

function list(element) {
  let box, shown;
  let chosen = 0;

  function draw(props) {
    shown = props;
    chosen = Math.min(chosen, Math.max(0, props.items.length - 1));
    box.replaceChildren(...props.items.map(line));
    box.hidden = props.items.length === 0;
    const place = props.clientRect?.();
    const frame = element.getBoundingClientRect();
    if (!place) return;
    box.style.setProperty("inset-block-end", `${frame.bottom - place.top + 6}px`);
    box.style.setProperty("left", `${Math.max(4, Math.min(place.left - frame.left, frame.width - 230))}px`);
  }

  function line(person, at) {
    const option = make("button", { type: "button", role: "option", "aria-selected": String(at === chosen) }, make("span", { class: "grow clip", dir: "auto" }, person.label));
    if (person.hint) option.append(make("span", { class: "xs muted" }, person.hint));
    option.addEventListener("mousedown", (event) => (event.preventDefault(), pick(at)));
    return option;
  }

  const pick = (at) => shown.items[at] && shown.command({ id: String(shown.items[at].id), label: shown.items[at].label });

  return {
    onStart(props) {
      box = make("div", { class: "menu ed-mentions", role: "listbox", "aria-label": gettext("People") });
      element.append(box);
      draw(props);
    },
    onUpdate: (props) => draw(props),
    onKeyDown({ event }) {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!shown?.items.length) return false;
      if (step) {
        chosen = (chosen + step + shown.items.length) % shown.items.length;
        draw(shown);
        return true;
      }
      if (event.key !== "Enter" && event.key !== "Tab") return false;
      pick(chosen);
      return true;
    },
    onExit: () => box?.remove(),
  };
}
