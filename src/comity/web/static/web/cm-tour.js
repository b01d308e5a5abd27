// <cm-tour popover="manual" data-done="/me/tour" data-home="/inbox" data-first>
//   <ol><li data-at=".list" data-open="a.open"><b>What waits</b><p>…</p></li>…</ol> buttons data-back, data-next, data-close
// </cm-tour>
// Shows its steps one by one beside what they speak of. `data-open` is a link to follow where that is not on the page.
// Begins by itself with `data-first`, and whenever a button with data-tour is pressed, on the page `data-home`. Arrow keys
// walk, Escape ends it wherever the focus is; the end is told to `data-done`, so that it does not begin by itself again.

const KEPT = "comity-tour";
const GAP = 12;

// Where a card of this size stands beside a target: after it, before it, else within it; always inside the window.
export function beside(target, card, window) {
  const inside = (value, most) => Math.max(GAP, Math.min(value, most - GAP));
  const top = inside(target.top + GAP, window.height - card.height);
  if (target.right + GAP + card.width + GAP <= window.width) return { left: target.right + GAP, top };
  if (target.left - GAP - card.width >= GAP) return { left: target.left - GAP - card.width, top };
  const middle = target.left + (target.width - card.width) / 2;
  const below = target.bottom + GAP + card.height + GAP <= window.height ? target.bottom + GAP : null;
  const above = target.top - GAP - card.height >= GAP ? target.top - GAP - card.height : null;
  return { left: inside(middle, window.width - card.width), top: below ?? above ?? window.height - card.height - GAP };
}

class Tour extends HTMLElement {
  connectedCallback() {
    this.steps = [...this.querySelectorAll("li")];
    this.onclick = (event) => this.press(event.target.closest("button"));
    this.onkeydown = (event) => this.walk(event);
    this.again = (event) => event.target.closest("[data-tour]") && this.begin();
    this.left = (event) => event.key === "Escape" && this.matches(":popover-open") && !document.querySelector("dialog[open]") && this.walk(event);
    this.moved = () => this.matches(":popover-open") && this.place();
    document.addEventListener("click", this.again);
    document.addEventListener("keydown", this.left, true);
    addEventListener("resize", this.moved);
    const kept = sessionStorage.getItem(KEPT);
    if (kept !== null) this.belongs(Number(kept)) && this.show(Number(kept));
    else if (this.hasAttribute("data-first") && document.querySelector(this.steps[0].dataset.at)) this.show(0);
  }

  disconnectedCallback() {
    document.removeEventListener("click", this.again);
    document.removeEventListener("keydown", this.left, true);
    removeEventListener("resize", this.moved);
    this.target?.classList.remove("tour-here");
  }

  // Elsewhere, such as among the settings, the tour waits until its page is open again.
  belongs(number) {
    const { at, open } = this.steps[number].dataset;
    return document.querySelector(at) || (open && document.querySelector(open));
  }

  begin() {
    if (document.querySelector(this.steps[0].dataset.at)) return this.show(0);
    sessionStorage.setItem(KEPT, "0");
    location.assign(this.dataset.home);
  }

  show(number) {
    const step = this.steps[number];
    sessionStorage.setItem(KEPT, String(number));
    const link = !document.querySelector(step.dataset.at) && step.dataset.open && document.querySelector(step.dataset.open);
    if (link) return location.assign(link.href);
    this.number = number;
    for (const each of this.steps) each.toggleAttribute("aria-current", each === step);
    for (const each of this.querySelectorAll("b")) each.removeAttribute("id");
    step.querySelector("b").id = "tour-what";
    this.querySelector("[data-count]").textContent = `${number + 1} / ${this.steps.length}`;
    this.querySelector("[data-back]").hidden = number === 0;
    const next = this.querySelector("[data-next]");
    next.dataset.word ??= next.textContent;
    next.textContent = number === this.steps.length - 1 ? next.dataset.last : next.dataset.word;
    if (!this.matches(":popover-open")) this.showPopover();
    this.place();
    next.focus({ preventScroll: true });
  }

  place() {
    this.target?.classList.remove("tour-here");
    const found = document.querySelector(this.steps[this.number].dataset.at);
    this.target = found?.checkVisibility() ? found : null;
    this.target?.classList.add("tour-here");
    const size = { width: innerWidth, height: innerHeight };
    const nowhere = { left: 0, right: size.width, width: size.width, top: size.height, bottom: size.height, height: 0 };
    const { left, top } = beside(this.target?.getBoundingClientRect() ?? nowhere, this.getBoundingClientRect(), size);
    this.style.left = `${left}px`;
    this.style.top = `${top}px`;
  }

  press(button) {
    if (button?.matches("[data-close]")) this.end();
    if (button?.matches("[data-back]")) this.show(this.number - 1);
    if (button?.matches("[data-next]")) this.number === this.steps.length - 1 ? this.end() : this.show(this.number + 1);
  }

  walk(event) {
    const forward = document.documentElement.dir === "rtl" ? "ArrowLeft" : "ArrowRight";
    const back = forward === "ArrowLeft" ? "ArrowRight" : "ArrowLeft";
    if (event.key === "Escape") this.end();
    else if (event.key === forward && this.number < this.steps.length - 1) this.show(this.number + 1);
    else if (event.key === back && this.number > 0) this.show(this.number - 1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  end() {
    sessionStorage.removeItem(KEPT);
    this.target?.classList.remove("tour-here");
    this.hidePopover();
    document.querySelector("[data-tour]")?.focus();
    const token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
    fetch(this.dataset.done, { method: "POST", headers: { "X-CSRFToken": token, "HX-Request": "true" } });
  }
}

customElements.define("cm-tour", Tour);
