// How it was: five faces, a word if one likes, and a copy by e-mail. At the end of a conversation.

import { isAddress } from "./conditions.js";
import { icon, make } from "./dom.js";

const FACES = ["angry", "frown", "meh", "smile", "laugh"];

// `by` is {t, can, email, rate({score, comment}), copy(email)}; both send, and throw when they could not.
export function ratingCard(by) {
  const { t, can } = by;
  const faces = FACES.map((face, at) => make("label", { title: t(`rate.${at + 1}`) }, make("input", { type: "radio", name: "score", value: at + 1, "aria-label": t(`rate.${at + 1}`) }), icon(face)));
  const group = make("fieldset", {}, make("legend", {}, t("rate.title")), make("div", { class: "faces" }, faces));
  const comment = make("textarea", { class: "input", rows: "2", placeholder: t("rate.comment"), "aria-label": t("rate.comment"), dir: "auto", maxlength: "2000" });
  const wants = make("input", { type: "checkbox", onchange: () => (email.hidden = !wants.checked) });
  const email = make("input", { class: "input", type: "email", autocomplete: "email", value: by.email, placeholder: t("copy.address"), "aria-label": t("copy.address"), hidden: true });
  const copy = can.transcript !== false && make("label", { class: "check" }, wants, make("span", {}, t("rate.copy")));
  const wrong = make("p", { class: "wrong", role: "alert", hidden: true });
  const go = make("button", { type: "submit", class: "btn btn-primary" }, t("rate.send"));
  const card = make("form", { class: "card rate", novalidate: true }, group, comment, copy, copy && email, wrong, make("div", { class: "row" }, make("span", { class: "grow" }), go));
  card.addEventListener("submit", async (event) => {
    event.preventDefault();
    const score = Number(new FormData(card).get("score")) || 0;
    const said = missing({ score, wants: wants.checked, email: email.value });
    wrong.hidden = !said;
    wrong.textContent = said ? t(said) : "";
    if (said || go.getAttribute("aria-busy")) return;
    go.setAttribute("aria-busy", "true");
    try {
      if (score) await by.rate({ score, comment: comment.value.trim() });
      if (wants.checked) await by.copy(email.value.trim());
      const thanks = make("p", { class: "center", tabindex: "-1" }, t("rate.thanks"));
      card.replaceChildren(thanks);
      thanks.focus();
    } catch (problem) {
      wrong.hidden = false;
      wrong.textContent = problem.detail || t("rate.failed");
    }
    go.removeAttribute("aria-busy");
  });
  return card;
}

// The name of the text that says what is missing, or "". Pure.
export function missing({ score, wants, email }) {
  if (!score && !wants) return "rate.choose";
  return wants && !isAddress(email) ? "form.wrong_email" : "";
}
