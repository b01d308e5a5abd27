"""An inbox that fails for ten minutes is told once, and told again when it works."""

from collections.abc import Callable

import pytest

from comity.accounts.models import Agent
from comity.accounts.tests.make import an_agent
from comity.channels import actions
from comity.channels.models import InboxHealth
from comity.conversations.models import Inbox
from comity.conversations.tests.make import SOMEBODY, an_inbox
from comity.events.testing import recorded, settle, twice_and_backwards
from comity.events.timers import fire_due
from comity.notices.models import Notice

pytestmark = pytest.mark.django_db
Shift = Callable[..., None]


def told(agent: Agent) -> list[str]:
    return list(Notice.objects.filter(agent=agent, read_at=None).order_by("pk").values_list("title", flat=True))


@pytest.fixture
def admin() -> Agent:
    return an_agent(role="administrator")


@pytest.fixture
def inbox() -> Inbox:
    return an_inbox(name="Support")


def test_ten_minutes_of_failing_are_told_once_to_those_who_can_mend_it(
    admin: Agent, inbox: Inbox, shift_clock: Shift
) -> None:
    other = an_agent(role="agent")
    actions.failed(inbox=inbox, reason="Nothing answers on port 993.")
    settle()
    assert told(admin) == []

    shift_clock(minutes=11)
    settle()
    actions.failed(inbox=inbox, reason="Nothing answers on port 993.")
    shift_clock(minutes=60)
    settle()

    assert told(admin) == ["“Support” has not worked for ten minutes"]
    assert told(other) == []


def test_working_again_is_told_and_takes_the_first_notice_away(admin: Agent, inbox: Inbox, shift_clock: Shift) -> None:
    actions.failed(inbox=inbox, reason="Nothing answers on port 993.")
    shift_clock(minutes=11)
    settle()

    actions.worked(inbox=inbox)
    actions.worked(inbox=inbox)
    settle()

    assert told(admin) == ["“Support” works again"]
    assert InboxHealth.objects.get(inbox=inbox).warned_at is None


def test_a_short_failure_is_told_to_nobody(admin: Agent, inbox: Inbox, shift_clock: Shift) -> None:
    actions.failed(inbox=inbox, reason="The connection ended.")
    actions.worked(inbox=inbox)
    shift_clock(minutes=30)
    settle()

    assert told(admin) == []


def test_a_test_by_hand_does_not_begin_the_warning_anew(admin: Agent, inbox: Inbox, shift_clock: Shift) -> None:
    actions.failed(inbox=inbox, reason="Nothing answers on port 993.")
    shift_clock(minutes=11)
    settle()
    actions.ask_for_check(inbox=inbox, by=SOMEBODY)
    actions.failed(inbox=inbox, reason="Nothing answers on port 993.")
    shift_clock(minutes=40)
    fired = recorded()
    fire_due()
    actions.warn(inbox=inbox, by=SOMEBODY)

    assert "inbox.warned_about" in fired
    assert "inbox.warned_about" not in recorded()


def test_an_inbox_that_is_switched_off_warns_nobody(admin: Agent, inbox: Inbox, shift_clock: Shift) -> None:
    actions.failed(inbox=inbox, reason="Nothing answers on port 993.")
    Inbox.objects.filter(pk=inbox.pk).update(is_active=False)
    shift_clock(minutes=11)
    settle()

    assert told(admin) == []


def test_warning_twice_and_out_of_order_ends_the_same(admin: Agent, inbox: Inbox, shift_clock: Shift) -> None:
    def scenario() -> None:
        shift_clock(minutes=0)
        actions.failed(inbox=inbox, reason="Nothing answers on port 993.")
        shift_clock(minutes=11)

    once, twice = twice_and_backwards(scenario)
    assert once == twice
