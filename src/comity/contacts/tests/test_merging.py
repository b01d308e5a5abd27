"""Two contacts become one, and exactly the two again that they were."""

from collections.abc import Iterator
from typing import Any

import pytest

from comity.contacts import actions, queries
from comity.contacts.models import Contact, ContactNote, Identity, MergeRecord
from comity.contacts.ports import MERGED
from comity.core.refusals import Refusal
from comity.events.testing import recorded

from .make import SOMEBODY, a_company, a_contact, an_attribute

pytestmark = pytest.mark.django_db


def merge(source: Contact, into: Contact, **choices: str) -> MergeRecord:
    return actions.merge(source=source, into=into, choices=choices, by=SOMEBODY)


def undo(record: MergeRecord) -> Contact:
    return actions.undo_merge(merge=record, by=SOMEBODY)


def everything_of(contact: Contact) -> dict[str, Any]:
    """What is true of a contact, to compare before and after."""
    contact = Contact.objects.get(pk=contact.pk)
    return {
        "values": [contact.name, contact.folded, contact.is_named, contact.language, contact.zone, contact.place],
        "company": contact.company_id,
        "attributes": contact.attributes,
        "merged_into": contact.merged_into_id,
        "identities": sorted(contact.identities.values_list("kind", "value", "trust", "is_primary")),
        "tags": sorted(contact.taggings.values_list("tag__name", flat=True)),
        "notes": sorted(contact.notes.values_list("body", flat=True)),
        "consents": sorted(contact.consents.values_list("purpose", "is_granted", "evidence")),
        "claims": sorted(contact.claims.values_list("value", flat=True)),
    }


@pytest.fixture
def anna() -> Contact:
    return a_full_contact("Anna Berg", "anna@example.org", language="de", place="Kiel")


@pytest.fixture
def berg() -> Contact:
    return a_full_contact("A. Berg", "berg@example.com", zone="Europe/Berlin")


def a_full_contact(name: str, email: str, **values: str) -> Contact:
    contact = a_contact(name=name, email=email, **values)
    actions.add_note(contact=contact, body=f"About {name}", by=SOMEBODY)
    actions.tag(contact=contact, name="both", by=SOMEBODY)
    actions.tag(contact=contact, name=f"only {name}", by=SOMEBODY)
    actions.set_consent(contact=contact, purpose="service", is_granted=True, evidence="form", by=SOMEBODY)
    actions.claim(contact=contact, kind="phone", value="+44 7700 900142", by=SOMEBODY)
    actions.claim(contact=contact, kind="handle", value=f"@{email[:4]}", by=SOMEBODY)
    recorded()
    return contact


def test_a_merge_moves_everything_and_leaves_a_forwarding_address(anna: Contact, berg: Contact) -> None:
    merge(anna, berg)

    after = everything_of(berg)
    assert [value for _, value, _, _ in after["identities"]] == ["anna@example.org", "berg@example.com"]
    assert [is_primary for *_, is_primary in after["identities"]] == [False, True]
    assert after["tags"] == ["both", "only A. Berg", "only Anna Berg"]
    assert after["notes"] == ["About A. Berg", "About Anna Berg"]
    assert after["values"] == ["A. Berg", "a. berg", True, "de", "Europe/Berlin", "Kiel"], "empty fields are filled"
    assert queries.standing(Contact.objects.get(pk=anna.pk)) == berg
    assert recorded() == ["contact.merged"]


def test_undo_gives_both_back_exactly(anna: Contact, berg: Contact) -> None:
    before = [everything_of(anna), everything_of(berg)]

    record = merge(anna, berg, name="source", place="source")
    assert Contact.objects.get(pk=berg.pk).name == "Anna Berg"
    undo(record)

    assert [everything_of(anna), everything_of(berg)] == before
    assert recorded() == ["contact.merged", "contact.unmerged"]
    with pytest.raises(Refusal, match="undone already"):
        undo(record)


def test_what_was_added_since_stays_and_what_was_changed_since_is_kept(anna: Contact, berg: Contact) -> None:
    record = merge(anna, berg, name="source")
    actions.add_identity(contact=berg, kind="phone", value="+49 431 901820", by=SOMEBODY)
    actions.add_note(contact=berg, body="Later", by=SOMEBODY)
    actions.tag(contact=berg, name="later", by=SOMEBODY)
    actions.update(contact=berg, changes={"name": "Anna Berg-Hansen"}, by=SOMEBODY)

    undo(record)

    assert everything_of(berg)["values"][0] == "Anna Berg-Hansen"
    assert "later" in everything_of(berg)["tags"]
    assert "Later" in everything_of(berg)["notes"]
    assert [value for _, value, _, _ in everything_of(anna)["identities"]] == ["anna@example.org"]
    assert Identity.objects.get(kind="phone").contact == berg


def test_an_identity_that_was_taken_away_since_does_not_come_back(anna: Contact, berg: Contact) -> None:
    record = merge(anna, berg)
    actions.remove_identity(identity=Identity.objects.get(value="anna@example.org"), by=SOMEBODY)

    undo(record)

    assert everything_of(anna)["identities"] == []
    assert ContactNote.objects.filter(contact=anna).count() == 1


def test_a_message_by_a_merged_identity_finds_the_one_that_stands(anna: Contact, berg: Contact) -> None:
    record = merge(anna, berg)
    assert actions.recognise(kind="email", value="anna@example.org", by=SOMEBODY).contact == berg

    undo(record)
    assert actions.recognise(kind="email", value="anna@example.org", by=SOMEBODY).contact == anna


def test_a_chain_is_undone_from_its_end(anna: Contact, berg: Contact) -> None:
    third = a_full_contact("Berg, Anna", "third@example.net")
    before = [everything_of(one) for one in (anna, berg, third)]
    first, second = merge(anna, berg), merge(berg, third)
    assert queries.standing(Contact.objects.get(pk=anna.pk)) == third

    with pytest.raises(Refusal, match=r"merged into Berg, Anna\. Undo that merge first"):
        undo(first)
    undo(second)
    undo(first)

    assert [everything_of(one) for one in (anna, berg, third)] == before


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_two_merges_into_one_can_be_undone_in_any_order(anna: Contact, berg: Contact, order: tuple[int, int]) -> None:
    third = a_full_contact("Berg, Anna", "third@example.net", place="Bonn")
    actions.tag(contact=anna, name="vip", by=SOMEBODY)
    actions.tag(contact=third, name="vip", by=SOMEBODY)
    before = [everything_of(one) for one in (anna, berg, third)]
    records = [merge(anna, berg, name="source", place="source"), merge(third, berg, name="source", place="source")]

    undo(records[order[0]])
    assert "vip" in everything_of(berg)["tags"], "the other one still brings it"
    undo(records[order[1]])

    assert [everything_of(one) for one in (anna, berg, third)] == before


def test_no_stays_no_in_a_merge_and_after_it(anna: Contact, berg: Contact) -> None:
    actions.set_consent(contact=berg, purpose="marketing", is_granted=False, by=SOMEBODY)
    actions.set_consent(contact=anna, purpose="marketing", is_granted=True, by=SOMEBODY)
    actions.set_consent(contact=anna, purpose="recording", is_granted=True, by=SOMEBODY)
    record = merge(anna, berg)
    assert flags(berg)["marketing"] is False
    assert flags(berg)["recording"] is True

    actions.set_consent(contact=berg, purpose="recording", is_granted=False, by=SOMEBODY)
    undo(record)

    assert flags(anna)["marketing"] is True
    assert flags(anna)["recording"] is False, "said while they were one, so it holds for both"
    assert flags(berg)["recording"] is False


def flags(contact: Contact) -> dict[str, bool]:
    return {flag.purpose.value: flag.is_granted for flag in queries.consent_flags(contact.pk)}


def test_attributes_and_company_are_chosen_field_by_field() -> None:
    plan, size = an_attribute(label="Plan"), an_attribute(label="Size", kind="number")
    company = a_company(name="Larkmoor")
    source = a_contact(name="Anna", company=company, attributes={plan.key: "gold", size.key: 3})
    into = a_contact(name="Anna B", attributes={plan.key: "silver"})
    shown = {one.label: (one.source, one.into, one.source_wins) for one in queries.preview(source, into).conflicts}
    assert shown == {
        "Name": ("Anna", "Anna B", False),
        "Company": ("Larkmoor", "", True),
        "Plan": ("gold", "silver", False),
        "Size": ("3", "", True),
    }

    record = merge(source, into, **{"attributes.plan": "source", "company": "into"})
    merged = Contact.objects.get(pk=into.pk)
    assert (merged.attributes, merged.company) == ({"plan": "gold", "size": 3}, None)

    undo(record)
    assert Contact.objects.get(pk=into.pk).attributes == {"plan": "silver"}


def test_a_contact_is_not_merged_into_itself_or_twice(anna: Contact, berg: Contact) -> None:
    with pytest.raises(Refusal, match="one and the same"):
        merge(anna, anna)
    merge(anna, berg)
    with pytest.raises(Refusal, match="was merged"):
        merge(anna, a_contact())
    with pytest.raises(Refusal, match="was merged"):
        merge(a_contact(), anna)


class Matters:
    """A room above that keeps matters of contacts: [contact, identity]."""

    name = "matters"

    def __init__(self) -> None:
        self.rows: list[list[int]] = []

    def move(self, *, source: int, into: int) -> list[dict[str, Any]]:
        moved = [{"matter": number} for number, row in enumerate(self.rows) if row[0] == source]
        for one in moved:
            self.rows[one["matter"]][0] = into
        return moved

    def undo(self, *, source: int, into: int, moved: list[dict[str, Any]], identities: list[int]) -> None:
        going = {one["matter"] for one in moved}
        for number, row in enumerate(self.rows):
            if row[0] == into and (number in going or row[1] in identities):
                row[0] = source


@pytest.fixture
def matters() -> Iterator[Matters]:
    matters = MERGED.answer(Matters())
    yield matters
    MERGED._answers.remove(matters)


def test_other_rooms_move_along_and_later_messages_go_back_with_their_identity(
    anna: Contact, berg: Contact, matters: Matters
) -> None:
    mail = {contact: contact.identities.get().pk for contact in (anna, berg)}
    matters.rows = [[anna.pk, mail[anna]], [berg.pk, mail[berg]]]
    record = merge(anna, berg)
    assert [row[0] for row in matters.rows] == [berg.pk, berg.pk]
    matters.rows += [[berg.pk, mail[anna]], [berg.pk, mail[berg]]]

    undo(record)

    assert [row[0] for row in matters.rows] == [anna.pk, berg.pk, anna.pk, berg.pk]
