"""The log, jobs and parked work over the API."""

import pytest

from comity.accounts.tests.make import a_token
from comity.conversations.tests.make import a_conversation
from comity.core import clock
from comity.events import jobs
from comity.events.models import Event, Run
from tests.support.program import Program

pytestmark = pytest.mark.django_db


def test_the_log_is_read_in_order_and_followed() -> None:
    program = Program(a_token(role="auditor"))
    a_conversation()
    every = list(Event.objects.order_by("pk").values_list("pk", flat=True))
    seen: list[int] = []
    after = "0"
    while after is not None:
        answer = program.get(f"/events?after={after}&limit=2").json()
        seen += [event["id"] for event in answer["items"]]
        after = answer["next"]
    assert seen == every
    assert program.get(f"/events?after={every[-1]}").json() == {"items": [], "next": None}
    a_conversation()
    assert program.get(f"/events?after={every[-1]}").json()["items"][0]["id"] > every[-1]


def test_the_log_is_narrowed_to_a_subject_and_a_type() -> None:
    conversation = a_conversation()
    a_conversation()
    found = Program().get(f"/events?subject={conversation.stream}&type=conversation.created").json()["items"]
    assert [(one["subject"], one["type"]) for one in found] == [(conversation.stream, "conversation.created")]


def test_the_log_asks_for_its_permission() -> None:
    assert Program(a_token(role="supervisor")).get("/events").status_code == 403


def test_a_job_is_read_by_whoever_started_it() -> None:
    program = Program(a_token(role="agent"))
    job = jobs.start(kind="test", title="Counting", by=program.token.actor, total=4)
    jobs.advance(job=job)
    shown = program.get(f"/jobs/{job.pk}").json()
    assert (shown["state"], shown["done"], shown["total"]) == ("running", 1, 4)
    assert Program(a_token(role="agent")).get(f"/jobs/{job.pk}").status_code == 404


def test_parked_work_is_tried_again_or_let_go() -> None:
    program = Program()
    a_conversation()
    runs = list(Run.objects.order_by("pk")[:2])
    Run.objects.filter(pk__in=[run.pk for run in runs]).update(parked_at=clock.now(), error="no", owner=None)
    assert {one["id"] for one in program.get("/parked").json()["items"]} == {run.pk for run in runs}
    assert program.post(f"/parked/{runs[0].pk}/retry").status_code == 204
    assert program.delete(f"/parked/{runs[1].pk}").status_code == 204
    assert program.get("/parked").json()["items"] == []
    assert not Run.objects.filter(pk=runs[1].pk).exists()
