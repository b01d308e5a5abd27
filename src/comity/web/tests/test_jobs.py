"""Progress of long jobs: for whoever started them, and for those who operate."""

import pytest
from django.db import transaction
from django.test import Client

from comity.accounts.tests.make import an_agent
from comity.events import jobs

pytestmark = pytest.mark.django_db


def test_a_job_shows_how_far_it_is_and_refreshes_itself(client: Client) -> None:
    me = an_agent()
    client.force_login(me)
    job = jobs.start(kind="tested", title="Counting", by=me.actor, total=4)
    with transaction.atomic():
        jobs.advance(job=job)

    page = client.get(f"/jobs/{job.pk}").content.decode()

    assert 'value="25"' in page
    assert "1 of 4" in page
    assert 'hx-trigger="every 2s' in page


def test_an_ended_job_no_longer_asks(client: Client) -> None:
    me = an_agent()
    client.force_login(me)
    job = jobs.start(kind="tested", title="Counting", by=me.actor)
    jobs.finish(job=job, by=me.actor, error="The file is empty.")

    page = client.get(f"/jobs/{job.pk}", headers={"HX-Request": "true"}).content.decode()

    assert "The file is empty." in page
    assert "hx-trigger" not in page
    assert "<html" not in page


def test_others_do_not_see_it_but_operators_do(client: Client) -> None:
    job = jobs.start(kind="tested", title="Counting", by=an_agent().actor)

    client.force_login(an_agent())
    assert client.get(f"/jobs/{job.pk}").status_code == 404
    client.force_login(an_agent(role="administrator"))
    assert client.get(f"/jobs/{job.pk}").status_code == 200
