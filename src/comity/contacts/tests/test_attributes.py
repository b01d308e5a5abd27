"""Custom attributes hold what their kind says, whoever writes them."""

from typing import Any

import pytest
from django.utils import translation

from comity.contacts import actions, attributes
from comity.core.refusals import Refusal
from comity.events.models import Event

from .make import SOMEBODY, a_contact, an_attribute

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("kind", "given", "kept"),
    [
        ("text", "  two\nlines ", "two lines"),
        ("number", "12", 12),
        ("number", "3,5", 3.5),
        ("number", 7, 7),
        ("date", "2026-03-31", "2026-03-31"),
        ("yes_no", "no", False),
        ("yes_no", True, True),
        ("choice", "gold", "gold"),
        ("text", "", None),
        ("number", "  ", None),
    ],
)
def test_a_value_is_kept_as_its_kind(kind: str, given: Any, kept: Any) -> None:
    assert attributes.checked(an_attribute(kind=kind, choices=["gold"]), given) == kept


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("number", "many"),
        ("number", "nan"),
        ("number", "1e99"),
        ("date", "31.3.2026"),
        ("yes_no", "perhaps"),
        ("choice", "platinum"),
        ("text", "x" * 501),
    ],
)
def test_anything_else_is_refused_with_what_would_be_right(kind: str, given: str) -> None:
    with pytest.raises(Refusal, match=r"^Plan: (use|choose)"):
        attributes.checked(an_attribute(kind=kind, choices=["gold"]), given)


def test_a_value_is_shown_in_the_readers_language() -> None:
    with translation.override("de"):
        assert attributes.shown(an_attribute(kind="number"), 3.5) == "3,5"
    assert attributes.shown(an_attribute(label="Other", kind="date"), "2026-03-31") == "31 March 2026"
    assert attributes.shown(an_attribute(label="Third", kind="date"), "no date") == "no date"


def test_an_attribute_that_nobody_defined_is_refused() -> None:
    with pytest.raises(Refusal, match="no attribute"):
        actions.update(contact=a_contact(), changes={"attributes": {"secret": "1"}}, by=SOMEBODY)


def test_the_log_names_the_fields_and_not_what_they_say() -> None:
    an_attribute(label="Plan")
    contact = a_contact()

    actions.update(contact=contact, changes={"name": "Anna Secret", "attributes": {"plan": "gold"}}, by=SOMEBODY)

    event = Event.objects.latest("id")
    assert event.data == {"fields": ["name", "attributes.plan"]}
    assert not any("Anna" in str(one.data) for one in Event.objects.all())


def test_keys_stay_and_never_collide() -> None:
    assert [an_attribute(label="Plan").key, an_attribute(label="Plan").key] == ["plan", "plan-2"]
    assert an_attribute(label="خطة").key == "attribute"
