"""Text is compared, cut and abbreviated the same way everywhere."""

import pytest

from comity.core.text import clean_name, excerpt, fold, hue_of, initials, one_line, whole_number, without_plus


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Café", "cafe"),
        ("Ｆｕｌｌ　ｗｉｄｔｈ", "full width"),
        ("STRASSE straße", "strasse strasse"),
        ("Łódź Ærø", "lodz aero"),
        ("مُحَمَّد", "محمد"),
        ("أحمد", "احمد"),
        ("שָׁלוֹם", "שלום"),
        ("ที่นี่", "ที่นี่"),
        ("が", "が"),
        ("한국어", "한국어"),
        ("हिन्दी", "हिन्दी"),
    ],
)
def test_fold_removes_case_and_accents_but_keeps_marks_that_make_the_word(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_excerpt_cuts_at_a_word_and_says_that_something_is_missing() -> None:
    assert excerpt("Where is\nmy   parcel?", 40) == "Where is my parcel?"
    assert excerpt("Where is my parcel with the lamp", 20) == "Where is my parcel…"
    assert excerpt("返金をお願いします。まだ届いていません", 8) == "返金をお願いし…"
    assert excerpt("", 10) == ""
    assert excerpt("a" * 100, 10) == "a" * 9 + "…"


@pytest.mark.parametrize("text", ["x" * 1000, "word " * 300, "\n" * 5000 + "late"])
def test_excerpt_is_never_longer_than_asked(text: str) -> None:
    assert len(excerpt(text, 30)) <= 30


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Maya Lindqvist", "ML"),
        ("anna maria kowalska", "AK"),
        ("anna.kowalska@example.org", "AK"),
        ("Cher", "C"),
        ("山田太郎", "山"),
        ("", "?"),
        ("(Sales) Team", "T"),
        ("…", "?"),
        ("+49 170 1234", "1"),
    ],
)
def test_initials(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_hue_is_stable_and_within_the_classes() -> None:
    assert hue_of("Maya") == hue_of("Maya")
    assert {hue_of(str(number)) for number in range(1000)} == set(range(36))


def test_names_lose_line_breaks_and_direction_tricks_and_keep_joiners() -> None:
    assert one_line("a\r\n b\u202egnp.exe\u0000") == "a bgnp.exe"
    assert clean_name("  Ann\u0065\u0301  \n") == "Anné"
    assert clean_name("x" * 300, limit=20) == "x" * 20
    assert one_line("می\u200cخواهم") == "می\u200cخواهم"


@pytest.mark.parametrize(("text", "number"), [("42", 42), ("٤٢", 42), ("9" * 18, int("9" * 18))])
def test_a_number_is_read_in_any_digits(text: str, number: int) -> None:
    assert whole_number(text) == number


@pytest.mark.parametrize("text", ["", " 42", "-1", "4.2", "²", "forty", "9" * 19, "9" * 5000])
def test_what_numbers_nothing_is_no_number(text: str) -> None:
    assert whole_number(text) is None


@pytest.mark.parametrize("word", ["+r42-" + "a" * 20, "-r42-" + "a" * 20, "-r42-7-" + "a" * 20, "+anything"])
def test_an_address_is_compared_without_what_was_added_to_it(word: str) -> None:
    assert without_plus(f"Help{word}@Shop.example") == "help@shop.example"
    assert without_plus("anna-marie@shop.example") == "anna-marie@shop.example"
