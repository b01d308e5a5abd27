"""/metrics is what OpenMetrics says, for tokens that may read it, and tells what happens."""

import logging
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from comity.accounts.tests.make import a_token
from comity.core.actor import system
from comity.core.metrics import REQUESTS
from comity.core.permission import permissions
from comity.events import metrics
from comity.events.log import record
from comity.events.tests.make import a_parked_run

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics.tally, "_position", None)
    monkeypatch.setattr(metrics.tally, "_counts", type(metrics.tally._counts)())


def secret(**values: Any) -> str:
    return str(a_token(**values).secret)  # type: ignore[attr-defined]


def read(client: Client, token: str) -> dict[tuple[str, ...], float]:
    """Each sample by its name and the values of its labels, as the parser of OpenMetrics reads them."""
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("application/openmetrics-text; version=1.0.0")
    families = text_string_to_metric_families(answer.content.decode())
    samples = [sample for family in families for sample in family.samples]
    return {(sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value for sample in samples}


def test_only_a_token_that_may_reads_it(client: Client) -> None:
    assert "metrics.read" in permissions
    assert client.get("/metrics").status_code == 401
    token = secret(role="agent")
    assert client.get("/metrics", headers={"Authorization": f"Bearer {token}"}).status_code == 403


def test_it_tells_of_queues_sends_arrivals_and_errors(client: Client) -> None:
    token = secret(role="administrator")
    before = read(client, token)
    a_parked_run()
    for type in ("message.sent", "message.sent", "message.failed", "raw.arrived"):
        record(type, subject="message:1", by=system("tests"))
    logging.getLogger("comity.tests").error("Something went wrong.")
    REQUESTS.labels("GET", "inbox", "2xx").observe(0.03)

    found = read(client, token)

    assert (before[("comity_runs", "parked")], found[("comity_runs", "parked")]) == (0, 1)
    assert found[("comity_sends_total", "sent")] == 2
    assert found[("comity_sends_total", "failed")] == 1
    assert found[("comity_arrivals_total", "arrived")] == 1
    assert found[("comity_events_total", "message.sent")] == 2
    assert found[("comity_errors_total", "comity.tests")] >= 1
    assert found[("comity_http_request_duration_seconds_bucket", "0.05", "GET", "inbox", "2xx")] >= 1
    for name in ("comity_oldest_run_age_seconds", "comity_oldest_queued_message_age_seconds", "comity_live_streams"):
        assert (name,) in found


def test_it_stays_cheap(client: Client) -> None:
    token = secret(role="administrator")
    read(client, token)
    with CaptureQueriesContext(connection) as captured:
        read(client, token)

    assert len(captured) <= 15
