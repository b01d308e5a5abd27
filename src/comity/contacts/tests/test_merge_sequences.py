"""Whatever is merged, added and undone in whatever order: everything is where it belongs.

Each thing has a home, the contact that stood when it was added. At any time it is with whoever that home was merged
into, and after the last undo it is at home again.
"""

from collections import defaultdict

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comity.contacts import actions, queries
from comity.contacts.models import Contact, ContactNote, Identity, MergeRecord, Tagging
from comity.core.refusals import Refusal
from comity.events.testing import rolled_back

from .make import SOMEBODY, a_contact

pytestmark = pytest.mark.django_db
PEOPLE = 4
person = st.integers(0, PEOPLE - 1)
step = st.one_of(
    st.tuples(st.just("merge"), person, person, st.booleans()),
    st.tuples(st.just("undo"), st.integers(0, 5)),
    st.tuples(st.just("identity"), person),
    st.tuples(st.just("note"), person),
    st.tuples(st.just("tag"), person, st.sampled_from(["vip", "late", "press"])),
)


class World:
    """Some contacts, and where each thing about them is at home."""

    def __init__(self) -> None:
        self.people = [
            a_contact(name=f"Person {number}", place=place) for number, place in enumerate(["", "Kiel", "Bonn", ""])
        ]
        self.before = {one.pk: (one.name, one.place) for one in self.people}
        self.records: list[MergeRecord] = []
        self.identities: dict[int, int] = {}
        self.notes: dict[int, int] = {}
        self.tags: defaultdict[int, set[str]] = defaultdict(set)

    def standing(self, number: int) -> Contact:
        return queries.standing(Contact.objects.get(pk=self.people[number].pk))

    def merge(self, source: int, into: int, source_wins: bool) -> None:
        choices = dict.fromkeys(("name", "place"), "source" if source_wins else "into")
        one, other = self.standing(source), self.standing(into)
        if one != other:
            self.records.append(actions.merge(source=one, into=other, choices=choices, by=SOMEBODY))

    def undo(self, number: int) -> None:
        if not self.records:
            return
        record = self.records[number % len(self.records)]
        if Contact.objects.get(pk=record.into_id).merged_into_id:
            with pytest.raises(Refusal, match="Undo that merge first"):
                actions.undo_merge(merge=record, by=SOMEBODY)
            return
        actions.undo_merge(merge=record, by=SOMEBODY)
        self.records.remove(record)

    def identity(self, number: int) -> None:
        home = self.standing(number)
        value = f"p{len(self.identities)}@example.org"
        made = actions.add_identity(contact=home, kind="email", value=value, by=SOMEBODY)
        self.identities[made.pk] = home.pk

    def note(self, number: int) -> None:
        home = self.standing(number)
        self.notes[actions.add_note(contact=home, body="Seen", by=SOMEBODY).pk] = home.pk

    def tag(self, number: int, name: str) -> None:
        home = self.standing(number)
        already = home.taggings.filter(tag__name=name).exists()
        actions.tag(contact=home, name=name, by=SOMEBODY)
        if not already:
            self.tags[home.pk].add(name)

    def check(self) -> None:
        stands = {one.pk: queries.standing(one).pk for one in Contact.objects.all()}
        assert dict(Identity.objects.values_list("pk", "contact")) == {
            pk: stands[home] for pk, home in self.identities.items()
        }
        assert dict(ContactNote.objects.values_list("pk", "contact")) == {
            pk: stands[home] for pk, home in self.notes.items()
        }
        for contact_id in set(stands.values()):
            family = [pk for pk, standing in stands.items() if standing == contact_id]
            tags = set(Tagging.objects.filter(contact=contact_id).values_list("tag__name", flat=True))
            assert tags == set().union(*(self.tags[pk] for pk in family))
            primaries = Identity.objects.filter(contact=contact_id, is_primary=True).count()
            assert primaries == int(Identity.objects.filter(contact=contact_id).exists())


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(step, max_size=16))
def test_everything_is_with_whoever_its_home_was_merged_into(steps: list[tuple]) -> None:
    with rolled_back():
        world = World()
        for name, *values in steps:
            getattr(world, name)(*values)
            world.check()

        for _ in range(len(world.records)):
            world.undo(-1)
            world.check()

        assert world.records == []
        assert {one.pk: (one.name, one.place) for one in Contact.objects.all()} == world.before
