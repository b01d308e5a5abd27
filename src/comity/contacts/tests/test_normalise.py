"""What people write about themselves is brought into one form, so that the same thing is found again."""

import pytest

from comity.contacts import normalise
from comity.contacts.kinds import kind_of, normalised
from comity.core.refusals import Refusal


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Anna@Example.ORG", "anna@example.org"),
        ("  anna@example.org\u200b ", "anna@example.org"),
        ("anna@Bücher.example", "anna@xn--bcher-kva.example"),
        ("anna@straße.example", "anna@xn--strae-oqa.example"),
        ("JOSÉ@example.org", "josé@example.org"),
        ("jose\u0301@example.org", "josé@example.org"),
        ('"odd name"@example.org'.replace(" ", "."), '"odd.name"@example.org'),
        ("anna@mail_1.example.org", "anna@mail_1.example.org"),
        ("anna@[192.0.2.1]", "anna@[192.0.2.1]"),
        ("a@b@example.org", "a@b@example.org"),
    ],
)
def test_an_address_is_folded_and_its_domain_is_ascii(text: str, value: str) -> None:
    assert normalise.email(text) == value
    assert normalise.email(value) == value


@pytest.mark.parametrize(
    "text", ["", "anna", "@example.org", "anna@", "an na@example.org", "anna@exa mple.org", "a" * 400 + "@example.org"]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(Refusal):
        normalise.email(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("+44 7700 900142", "+447700900142"),
        ("+44 (0)20 7946 0018", "+442079460018"),
        ("0044 20 7946 0018", "+442079460018"),
        ("020 7946-0018", "02079460018"),
        ("(020) 7946.0018", "02079460018"),
        ("tel:+49-30-901820", "+4930901820"),
        ("٠١٢٣٤٥٦", "0123456"),
        ("+33 1 23 45 67 89", "+33123456789"),
    ],
)
def test_a_number_is_digits_with_a_plus(text: str, value: str) -> None:
    assert normalise.phone(text) == value
    assert normalise.phone(value) == value


@pytest.mark.parametrize("text", ["", "12", "call me", "1" * 19, "+44 7700 x9"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(Refusal):
        normalise.phone(text)


def test_a_handle_loses_its_at_and_its_case() -> None:
    assert normalise.handle("@Elodie.M") == "elodie.m"


def test_an_unknown_kind_is_compared_letter_by_letter() -> None:
    assert normalised("some_network", " AbC ") == "AbC"
    assert kind_of("some_network").label == "some_network"


def test_names_are_compared_without_accents_case_and_hidden_marks() -> None:
    assert normalise.folded("  ÉLODIE   Marchetti ") == "elodie marchetti"
    assert normalise.folded("حَسَن") == normalise.folded("حسن")
    assert len(normalise.folded("ﷺ" * 200)) == 200


def test_the_stem_is_what_likely_duplicates_share() -> None:
    assert normalise.stem("email", "anna@example.org") == "anna"
    assert normalise.stem("phone", "+447700900142") == normalise.stem("phone", "07700900142")
