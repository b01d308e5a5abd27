// Draws what was said. A message that has not changed keeps its element, so nothing flickers, and a picture is not loaded twice.

import { draw as drawCard } from "./cards.js";
import { icon, make } from "./dom.js";
import { face } from "./faces.js";
import { pieces, safe } from "./links.js";
import { asking, rows } from "./thread.js";
import * as times from "./times.js";

const ONLY_EMOJI = /^(?:\p{Extended_Pictographic}(?:\p{Emoji_Modifier}|\uFE0F|\u200D\p{Extended_Pictographic})*\s*){1,3}$/u;
const MARKS = { stored: ["check", ""], sent: ["check", ""], delivered: ["check-check", ""], read: ["check-check", "seen"] };

export class Messages {
  // `by` is {t, language, base, brand, now(), say(text), choose(message, text, event), isOffline()}.
  constructor(by) {
    this.by = by;
    this.kept = new Map(); // name of a row → {sign, node}
    this.cards = new Map(); // id of a message → {sign, node}
  }

  // The elements of these messages, in their order.
  nodes(messages) {
    const all = rows(messages);
    const out = all.filter((row) => row.message?.author.kind === "visitor").at(-1)?.message;
    const asks = asking(messages);
    const names = new Map();
    for (const row of all) {
      const [name, sign] = row.day ? [row.day, this.by.now().toDateString()] : this.sign(row, row.message === out, row.message === asks);
      const before = this.kept.get(name);
      names.set(name, before?.sign === sign ? before : { sign, node: row.day ? this.day(row) : this.message(row, row.message === out, row.message === asks) });
    }
    this.kept = names;
    return [...names.values()].map(({ node }) => node);
  }

  // A row by name, and everything that its looks depend on. A letter keeps its name when the server's copy replaces it.
  sign({ message, isFirst, isLast }, isLastOut, isAsking) {
    const waits = message.id ? "" : this.by.isOffline();
    return [message.key ?? `m${message.id}`, JSON.stringify([message, isFirst, isLast, isLastOut, isAsking, waits])];
  }

  day({ at }) {
    return make("div", { class: "day" }, make("span", {}, times.day(at, this.by.language, this.by.now())));
  }

  message(row, isLastOut, isAsking) {
    const { message, isFirst } = row;
    if (message.author.kind === "system") return make("div", { class: "event", dir: "auto" }, message.text);
    const isOut = message.author.kind === "visitor";
    const classes = ["msg", isOut && "out", isFirst && "begins", !message.id && message.state === "waiting" && "waits"];
    return make(
      "div",
      { class: classes.filter(Boolean).join(" ") },
      this.who(row, isOut),
      message.text && this.bubble(message),
      message.attachments.map((file) => this.file(file)),
      this.card(message),
      this.meta(row, isOut, isLastOut),
      isAsking && this.replies(message),
    );
  }

  who({ message, isFirst }, isOut) {
    const { t, base, brand } = this.by;
    const { name } = message.author;
    if (isOut) return make("span", { class: "sr" }, t("thread.you"));
    if (!isFirst) return make("span", { class: "sr" }, name || brand.name || "");
    const person = name ? message.author : null;
    const words = message.author.kind === "assistant" ? `${name || brand.name} · ${t("thread.assistant")}` : name || brand.name || "";
    return make("div", { class: "who" }, face(person, { size: "av-xs", brand, base }), make("bdi", {}, words));
  }

  bubble({ text, author }) {
    const classes = ["bub", author.kind === "assistant" && "machine", ONLY_EMOJI.test(text) && "only"];
    return make("div", { class: classes.filter(Boolean).join(" "), dir: "auto" }, pieces(text).map(linked));
  }

  // A card keeps its element while its message is drawn anew: somebody may be choosing or writing in it.
  card(message) {
    const { id, conversation, card } = message;
    const sign = JSON.stringify([conversation, card]);
    if (this.cards.get(id)?.sign !== sign) this.cards.set(id, { sign, node: drawCard(card, this.by, message) });
    return this.cards.get(id).node;
  }

  file({ name, content_type, size, url, is_picture }) {
    const { language, base, t } = this.by;
    const href = url ? safe(new URL(url, base).href) : "";
    const about = { href, target: "_blank", rel: "noopener noreferrer" };
    const chip = () => make(href ? "a" : "div", { class: "att", ...(href && about) }, icon("file-text"), make("span", { class: "grow clip", dir: "auto" }, name), make("span", { class: "xs muted" }, size ? times.size(size, language) : ""));
    if (!(is_picture ?? content_type?.startsWith("image/")) || !href) return chip();
    const picture = make("img", { src: href, alt: name, loading: "lazy" });
    const link = make("a", { class: "photo", ...about, "aria-label": t("thread.picture", { name }) }, picture);
    picture.addEventListener("error", () => link.replaceWith(chip()), { once: true }); // the page's policy may forbid it
    return link;
  }

  meta({ message, isLast }, isOut, isLastOut) {
    const { t, language } = this.by;
    const at = make("time", { datetime: message.at }, times.clock(message.at, language));
    if (!isOut) return isLast ? make("div", { class: "meta" }, at) : null;
    if (!message.id && message.state === "waiting") {
      const words = this.by.isOffline() ? t("state.waits") : t("state.sending");
      return isLast || this.by.isOffline() ? make("div", { class: "meta" }, icon("clock"), make("span", {}, words)) : null;
    }
    if (!isLast && !isLastOut) return null;
    const [mark, seen] = MARKS[message.state] ?? MARKS.sent;
    const state = isLastOut && make("span", { class: seen }, `· ${t(`state.${message.state in MARKS ? message.state : "sent"}`)}`);
    return make("div", { class: "meta" }, at, state, isLastOut && icon(mark, seen));
  }

  replies(message) {
    const { choose, t } = this.by;
    const chips = message.replies.map((words) => make("button", { type: "button", class: "chip", dir: "auto", onclick: (event) => choose(message, words, event) }, words));
    return make("div", { class: "chips", role: "group", "aria-label": t("thread.replies") }, chips);
  }
}

const linked = (piece) => (typeof piece === "string" ? piece : make("a", { href: piece.href, target: "_blank", rel: "noopener noreferrer nofollow" }, piece.text));
