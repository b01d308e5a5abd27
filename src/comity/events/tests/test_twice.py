"""The generic proof that a reaction may run twice and late: with two toys, one that may and one that may not."""

import pytest

from comity.events import log
from comity.events.models import Event, Timer
from comity.events.testing import twice_and_backwards
from comity.events.tests.make import BY, a_reaction

pytestmark = pytest.mark.django_db


def play() -> None:
    for number in range(3):
        log.record("toy.made", subject=f"toy:{number}", by=BY)
        log.record("toy.painted", subject=f"toy:{number}", by=BY)


def test_reactions_that_look_at_the_state_pass() -> None:
    def invite_once(event: Event) -> None:
        if not Event.objects.filter(type="toy.shown", subject=event.subject).exists():
            log.record("toy.shown", subject=event.subject, by=BY)

    a_reaction("invite_once", "toy.made", "toy.painted", does=invite_once)
    once, twice = twice_and_backwards(play)
    assert once == twice
    assert once["events"]["toy.shown"] == 3
    assert Event.objects.count() == 0, "nothing of it stays"


def test_a_reaction_that_counts_is_found_out() -> None:
    a_reaction("naive", "toy.made", does=lambda event: log.record("toy.counted", subject=event.subject, by=BY))
    once, twice = twice_and_backwards(play)
    assert once != twice


def test_a_reaction_that_needs_the_order_is_found_out() -> None:
    def follow(event: Event) -> None:
        log.set_timer("toy.due", subject=event.subject, at=event.at, key=event.type)
        Timer.objects.exclude(key=event.type).delete()

    a_reaction("follow", "toy.made", "toy.painted", does=follow)
    once, twice = twice_and_backwards(play, outcome=lambda: set(Event.objects.values_list("type", flat=True)))
    assert once == twice  # both types fire in the end, but
    a_reaction("last", "toy.made", "toy.painted", does=lambda event: seen.append(event.type))
    seen: list[str] = []
    once, twice = twice_and_backwards(play, outcome=lambda: (seen[-1], seen.clear()))
    assert once != twice
