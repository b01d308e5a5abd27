# ruff: noqa: E501  (mails keep their lines)
"""New words come first, history is told by its introduction, and nobody's answer is hidden."""

import time

import pytest

from comity.connectors.email.quotes import is_forward, visible_text
from comity.connectors.email.tests.make import a_mail, an_html_mail, read

INTRODUCTIONS = [
    "On Monday Support wrote:",
    "Am Montag schrieb Bob:",
    "On Mon, 1 Jan 2024 at 10:00, Bob <b@x.example> wrote:",
    "On Mon, 1 Jan 2024 at 10:00, Somebody With A Long Name <\nsomebody@a-long-name.example> wrote:",
    "Am 03.01.2024 um 10:00 schrieb Bob Müller <b@x.example>:",
    "Bob <b@x.example> schrieb am Di., 16. Aug. 2016\num 12:52 Uhr:",
    "Le lun. 1 janv. 2024 à 10:00, Bob <b@x.example> a écrit :",
    "El lun, 1 ene 2024 a las 10:00, Bob (<b@x.example>) escribió:",
    "Em seg., 1 de jan. de 2024 às 10:00, Bob <b@x.example> escreveu:",
    "Il giorno lun 1 gen 2024 alle ore 10:00 Bob <b@x.example> ha scritto:",
    "Op ma 1 jan 2024 om 10:00 schreef Bob <b@x.example>:",
    "Den mån 1 jan. 2024 kl 10:00 skrev Bob <b@x.example>:",
    "pon., 1 sty 2024 o 10:00 Bob <b@x.example> napisał(a):",
    "po 1. 1. 2024 v 10:00 odesílatel Bob <b@x.example> napsal:",
    "пн, 1 янв. 2024 г. в 10:00, Bob <b@x.example>:",
    "1 січ. 2024 р. о 10:00 Bob <b@x.example> пише:",
    "Bob <b@x.example>, 1 Oca 2024 Pzt, 10:00 tarihinde şunu yazdı:",
    "في الاثنين، 1 يناير 2024 في 10:00 ص تمت كتابة ما يلي بواسطة Bob <b@x.example>:",
    "2024年1月1日(月) 10:00 Bob <b@x.example>:",
    "Bob <b@x.example> 于2024年1月1日周一 10:00写道：",
    "2024년 1월 1일 (월) 10:00, Bob <b@x.example>님이 작성:",
    "ma 1. tammik. 2024 klo 10.00 Bob <b@x.example> kirjoitti:",
    "-----Original Message-----\nFrom: Bob\nSent: Monday\nTo: Anna",
    "-----Ursprüngliche Nachricht-----\nVon: Bob",
    "________________________________\nFrom: Bob <b@x.example>\nSent: Monday, January 1, 2024\nTo: Anna\nSubject: Lamp",
    "*Von:* Bob <b@x.example>\n*Gesendet:* Montag, 1. Januar 2024\n*An:* Anna\n*Betreff:* Lampe",
    "De : Bob <b@x.example>\nEnvoyé : lundi 1 janvier 2024\nÀ : Anna\nObjet : Lampe",
    "发件人: Bob <b@x.example>\n发送时间: 2024年1月1日\n收件人: Anna\n主题: 灯",
    "差出人: Bob <b@x.example>\n送信日時: 2024年1月1日\n宛先: Anna\n件名: ランプ",
]


@pytest.mark.parametrize("introduction", INTRODUCTIONS, ids=lambda text: text[:18])
def test_history_is_known_by_its_introduction_in_many_languages(introduction: str) -> None:
    assert visible_text(f"My new words\n\n{introduction}\n\n> old words\n> more old words\n") == "My new words"


@pytest.mark.parametrize(
    "text",
    [
        "Dear team,\n\nas I wrote on 5 May:\nthe lamp is broken.\n\nBye",
        "From: Anna\nDate: 5 May\nTo: shop\nSubject: lamp\n\nIt is broken",
        "The list:\n---------\nitem 1\n---------\nitem 2",
        "-----Original Message-----\nFrom: x\n\nall there is",
        "Sent from my warehouse, but it never arrived.",
        "I need:\n> 5 lamps\nand that is it. Please note what he wrote:\nnothing.",
        "On Monday I bought a lamp for 5 €.\nHe wrote:\n",
    ],
)
def test_ordinary_words_are_all_shown(text: str) -> None:
    assert visible_text(text) == text.strip()


def test_answers_between_the_lines_stay_with_what_they_answer() -> None:
    text = "Hi\n\nOn Jan 1, 2024, Bob wrote:\n> first?\n\nyes\n\n> second?\n\nno\n\n> the rest\n> of it"
    assert visible_text(text) == "Hi\n\n> first?\n\nyes\n\n> second?\n\nno"


def test_words_under_the_quote_are_shown() -> None:
    assert visible_text("On Jan 1, 2024, Bob <b@x.example> wrote:\n> first?\n\nMy answer below") == "My answer below"


def test_only_a_quote_has_no_new_words_and_the_whole_text_is_kept() -> None:
    message = read(a_mail("> all\n> of it\n"))
    assert message.visible_text == ""
    assert message.text == "> all\n> of it"


def test_signatures_are_left_out_of_what_is_new() -> None:
    assert visible_text("Hello\n\n-- \nAnna Berg\nHome Street 5") == "Hello"
    assert visible_text("Hello\n\nVon meinem iPhone gesendet") == "Hello"
    assert visible_text("Hello\n\niPhoneから送信") == "Hello"


def test_html_mail_shows_what_its_program_did_not_mark_as_quoted() -> None:
    markup = '<p>New</p><div class="gmail_quote"><div class="gmail_attr">On 1 Jan 2024 Bob &lt;b@x.y&gt; wrote:</div><blockquote>old</blockquote></div>'
    message = read(an_html_mail(markup))
    assert message.visible_text == "New"
    assert "old" in message.text
    assert "<details" in message.html


def test_forwards_are_known_by_their_subject() -> None:
    assert all(is_forward(subject) for subject in ("Fwd: x", "WG: x", "TR: x", "FW：x", "转发: x"))
    assert not any(is_forward(subject) for subject in ("Re: Fwd: x", "Forward", "AW: x", "I need: x", ""))


@pytest.mark.parametrize(
    "line",
    [" " * 5000 + "x", ">" * 5000, "On " * 3000 + ":", "a" * 20000 + ":", "<" * 5000, "_" * 9000, "1. " * 3000 + ":"],
)
def test_hostile_lines_take_no_time(line: str) -> None:
    began = time.thread_time()
    visible_text("\n".join([line] * 300))
    assert time.thread_time() - began < 2
