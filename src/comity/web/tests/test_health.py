"""The page Health shows what the last look at everything found, and a look runs beside it."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from comity.accounts.models import Agent
from comity.accounts.tests.make import an_agent
from comity.channels import actions as channels
from comity.conversations.tests.make import an_inbox
from comity.core import clock, health
from comity.core.health import Check, Finding, checks, expiring
from comity.events.log import record
from comity.events.models import Job, JobState
from comity.events.testing import forget, recorded, settle
from comity.events.tests.make import BY, a_parked_run
from comity.notices.models import Notice
from comity.web import actions

pytestmark = pytest.mark.django_db
PAGE = "/settings/health"
Shift = Callable[..., None]


@pytest.fixture
def agent() -> Agent:
    return an_agent(role="administrator")


@pytest.fixture
def admin(client: Client, agent: Agent) -> Client:
    client.force_login(agent)
    client.get("/bell")  # being there is an event of its own
    settle()
    forget()
    return client


@pytest.fixture
def certificate() -> Iterator[Callable[[float], None]]:
    """A room's check of something that runs out after so many days."""
    days = [100.0]

    def look() -> Iterator[Finding]:
        yield expiring("Certificate of imap.example.org", _from_now(days[0]), remedy="Renew it.")

    checks.add("toy certificate", Check("toy certificate", "Toys", look))
    yield lambda left: days.__setitem__(0, left)
    del checks._values["toy certificate"]


def _from_now(days: float) -> object:
    return clock.now().replace(microsecond=0, second=0, minute=0) + timedelta(days=days)


def body(client: Client) -> str:
    return client.get(PAGE).content.decode()


def test_agents_may_not_look(client: Client) -> None:
    client.force_login(an_agent(role="agent"))
    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE).status_code == 403
    assert not Job.objects.exists()


def test_before_the_first_look_it_says_so(admin: Client) -> None:
    assert "Nobody has looked yet" in body(admin)


def test_the_first_look_begins_when_somebody_opens_the_page_and_only_then(admin: Client) -> None:
    assert 'hx-trigger="load"' in body(admin)
    assert not Job.objects.exists()
    admin.post(PAGE, headers={"HX-Request": "true"})
    settle()

    assert 'hx-trigger="load"' not in body(admin)


def test_a_first_look_that_failed_is_not_begun_again_and_again(admin: Client) -> None:
    shown = admin.get(PAGE, headers={"HX-Request": "true"}).content.decode()

    assert 'hx-trigger="load"' not in shown


def test_check_now_looks_beside_the_page_and_shows_what_is_wrong_with_its_remedy(admin: Client) -> None:
    a_parked_run()

    admin.post(PAGE)
    assert "Looking whether all is well" in body(admin)
    settle()

    shown = body(admin)
    assert "Looking whether all is well" not in shown
    assert "1 piece of work gave up." in shown
    assert "Settings → Parked work" in shown
    assert "It answers and is whole." in shown


def test_pressing_twice_looks_once(admin: Client) -> None:
    admin.post(PAGE)
    admin.post(PAGE, headers={"HX-Request": "true"})

    assert Job.objects.filter(state=JobState.RUNNING).count() == 1


def test_a_look_that_died_does_not_block_the_next(admin: Client, shift_clock: Shift) -> None:
    admin.post(PAGE)
    shift_clock(minutes=30)

    assert "Looking whether all is well" not in body(admin)
    admin.post(PAGE)
    settle()
    assert "looked at" in body(admin)


def test_only_the_last_look_is_kept(admin: Client) -> None:
    for _time in range(3):
        admin.post(PAGE)
        settle()

    assert Job.objects.filter(kind="health.checks").count() == 1


def test_each_inbox_has_its_last_success_in_and_out(admin: Client) -> None:
    inbox = an_inbox(name="Repairs")
    channels.worked(inbox=inbox, arrived=True)
    silent = an_inbox(name="Silent")
    channels.failed(inbox=silent, reason="Nothing answers on port 993.")

    shown = " ".join(body(admin).split())

    repairs = shown[shown.index("Repairs") : shown.index("Silent")]
    assert repairs.count("<time") == 1
    assert repairs.count("never") == 1
    assert "Nothing answers on port 993." in shown


def test_it_takes_as_many_queries_for_three_inboxes_as_for_one(admin: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            admin.get(PAGE)
        return len(captured)

    an_inbox()
    queries()
    one = queries()
    an_inbox()
    an_inbox()
    assert queries() == one


def test_what_runs_out_is_warned_of_early_and_once_more_at_the_end(
    admin: Client, agent: Agent, certificate: Callable[[float], None]
) -> None:
    def warned() -> int:
        actions.ask_for_checks(language="en", by=BY)
        settle()
        return Notice.objects.filter(agent=agent, kind="credential_expiring").count()

    assert warned() == 0
    certificate(20)
    assert [warned(), warned()] == [1, 1]
    certificate(2)
    assert [warned(), warned()] == [2, 2]
    title = Notice.objects.filter(agent=agent, kind="credential_expiring").latest("pk").title
    assert title.startswith("Certificate of imap.example.org expires on ")


def test_it_looks_by_itself_at_night(admin: Client) -> None:
    record("health.check_due", subject="health:all", by=BY)
    settle()

    assert recorded() == ["health.check_due", "job.started", "job.done"]


def test_without_a_database_what_needs_it_is_left_out_and_the_rest_is_looked_at() -> None:
    checks.add("toy", Check("toy", "Toys", lambda: [Finding("Toy", False, "It broke.")], order=0, decides=True))
    try:
        found = {group.name: group for group in health.look_at_everything()}
    finally:
        del checks._values["toy"]

    assert {"toy", "storage", "disk", "permissions", "versions", "left_out"} <= set(found)
    assert "queues" not in found
