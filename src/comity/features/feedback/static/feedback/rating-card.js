// A card in the chat that asks how it went: five faces, and a word if one likes. The chat loads this module when the first
// such card is shown; what may still be said, and what was said, the server knows.

const FACES = ["angry", "frown", "meh", "smile", "laugh"];

export function draw(card, { t, call, make, icon }, { id, conversation }) {
  const path = `conversations/${conversation}/rating`;
  const label = (at) => t(`rate.${at + 1}`);
  const inputs = FACES.map((face, at) => make("input", { type: "radio", name: `rating-${id}`, value: at + 1, "aria-label": label(at) }));
  const faces = FACES.map((face, at) => make("label", { title: label(at) }, inputs[at], icon(face)));
  const group = make("fieldset", {}, make("legend", { dir: "auto" }, card.question), make("div", { class: "faces" }, faces));
  const comment = make("textarea", { class: "input", rows: "2", placeholder: t("rate.comment"), "aria-label": t("rate.comment"), dir: "auto", maxlength: "2000" });
  const said = make("p", { role: "status", class: "xs", hidden: true });
  const go = make("button", { type: "submit", class: "btn btn-primary" }, t("rate.send"));
  const form = make("form", { class: "rate", novalidate: true }, group, comment, said, make("div", { class: "row" }, make("span", { class: "grow" }), go));
  const say = (words) => Object.assign(said, { textContent: words, hidden: !words });

  // What was said already can be changed for a while; afterwards it is only shown. Whoever chose meanwhile keeps that.
  const show = ({ may_rate, score, comment: words }) => {
    const isChosen = may_rate && inputs.some((input) => input.checked);
    for (const input of inputs) if (!isChosen) input.checked = Number(input.value) === score;
    comment.value ||= words ?? "";
    if (may_rate) return;
    group.setAttribute("disabled", "");
    comment.remove();
    go.remove();
    say(score ? t("rate.thanks") : "");
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const score = Number(new FormData(form).get(`rating-${id}`)) || 0;
    if (!score) return say(t("rate.choose"));
    if (go.getAttribute("aria-busy")) return undefined;
    go.setAttribute("aria-busy", "true");
    const problem = await call("POST", path, { score, comment: comment.value.trim() }).then(() => null, (found) => found);
    go.removeAttribute("aria-busy");
    return say(problem ? problem.detail || t("rate.failed") : t("rate.thanks"));
  });
  call("GET", path).then(show, () => {}); // unknown: the server answers when it is sent
  return form;
}
