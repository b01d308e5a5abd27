"""The page about parked work: reason, traceback, another try, an end."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from comity.accounts.tests.make import an_agent
from comity.events.log import reactions
from comity.events.models import Run
from comity.events.testing import forget, recorded
from comity.events.tests.make import TRACEBACK, a_parked_run

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client: Client) -> Client:
    client.force_login(an_agent(role="administrator"))
    client.get("/bell")  # being there is an event of its own
    forget()
    return client


def a_known_reaction() -> str:
    return next(iter(reactions)).name


def test_agents_may_not_look(client: Client) -> None:
    run = a_parked_run()
    client.force_login(an_agent(role="agent"))

    for address in ("/settings/parked", f"/settings/parked/{run.pk}"):
        assert client.get(address).status_code == 403
        assert client.post(address).status_code == 403
    assert Run.objects.filter(parked_at__isnull=False).count() == 1


def test_the_list_shows_the_reason_and_the_page_the_traceback(admin: Client) -> None:
    run = a_parked_run()

    assert "ValueError: The number is not one" in admin.get("/settings/parked").content.decode()
    page = admin.get(f"/settings/parked/{run.pk}").content.decode()
    assert "Traceback (most recent call last)" in page
    assert "8 times" in page
    assert TRACEBACK.splitlines()[0] in page


def test_nothing_parked_says_so(admin: Client) -> None:
    assert "Nothing is parked" in admin.get("/settings/parked").content.decode()
    assert admin.get("/settings/parked/1").status_code == 404


def test_another_try_owes_it_again(admin: Client) -> None:
    run = a_parked_run(reaction=a_known_reaction())

    admin.post(f"/settings/parked/{run.pk}")

    run.refresh_from_db()
    assert (run.parked_at, run.attempts) == (None, 0)
    assert recorded() == ["reaction.retried"]


def test_discarding_ends_it(admin: Client) -> None:
    run = a_parked_run()

    admin.post(f"/settings/parked/{run.pk}", {"discard": "1"})

    assert not Run.objects.filter(pk=run.pk).exists()
    assert recorded() == ["reaction.discarded"]


def test_what_the_program_no_longer_knows_is_refused_and_the_others_are_tried(admin: Client) -> None:
    unknown, known = a_parked_run(), a_parked_run(reaction=a_known_reaction(), subject="conversation:43")

    answer = admin.post("/settings/parked", follow=True)

    unknown.refresh_from_db()
    known.refresh_from_db()
    assert unknown.parked_at is not None
    assert known.parked_at is None
    assert "has no reaction" in answer.content.decode()


def test_the_list_takes_as_many_queries_for_three_as_for_one(admin: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            admin.get("/settings/parked")
        return len(captured)

    a_parked_run()
    queries()
    one = queries()
    a_parked_run(subject="conversation:43")
    a_parked_run(subject="conversation:44")
    assert queries() == one
