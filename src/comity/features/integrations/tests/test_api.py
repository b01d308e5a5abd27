"""Webhooks over the API."""

import pytest

from comity.features.integrations.models import Webhook
from comity.features.integrations.tests.make import a_receiver, a_webhook, allow
from tests.support.program import Program

pytestmark = pytest.mark.django_db
URL = "https://hooks.example.org/comity"


def test_a_webhook_is_made_with_a_secret_that_is_given_once() -> None:
    allow("127.0.0.1")
    program = Program()
    made = program.post("/webhooks", {"name": "Orders", "url": "http://127.0.0.1:9/x", "types": ["message.received"]})
    assert made.status_code == 201 and made.json()["secret"].startswith("whsec_")
    shown = program.get(f"/webhooks/{made.json()['id']}").json()
    assert "secret" not in shown and shown["state"] == "on"
    assert program.get("/webhooks").json()["items"] == [shown]
    renewed = program.post(f"/webhooks/{shown['id']}/secret").json()
    assert renewed["secret"] != made.json()["secret"]


def test_a_webhook_is_changed_switched_and_deleted() -> None:
    with a_receiver() as receiver:
        webhook = a_webhook(receiver.url, "message.received")
        program, path = Program(), f"/webhooks/{webhook.pk}"
        changed = program.patch(path, {"name": "Other", "is_on": False}).json()
        assert (changed["name"], changed["types"], changed["state"]) == ("Other", ["message.received"], "off")
        assert program.patch(path, {"name": "X", "version": 1}).json()["code"] == "stale"
        assert program.delete(path).status_code == 204
    assert not Webhook.objects.exists()


def test_a_test_and_a_replay_are_deliveries() -> None:
    with a_receiver() as receiver:
        webhook = a_webhook(receiver.url, "message.received")
        program = Program()
        made = program.post(f"/webhooks/{webhook.pk}/test").json()
        assert (made["is_test"], made["state"], made["webhook"]) == (True, "waiting", webhook.pk)
        assert program.get(f"/webhooks/{webhook.pk}/deliveries").json()["items"] == [made]
        assert program.post(f"/deliveries/{made['id']}/replay").json()["key"] == made["key"]
        assert program.get(f"/deliveries/{made['id']}").json()["key"] == made["key"]


def test_private_addresses_and_unknown_types_are_refused() -> None:
    program = Program()
    private = program.post("/webhooks", {"name": "X", "url": "http://10.0.0.1/", "types": ["message.received"]})
    unknown = program.post("/webhooks", {"name": "X", "url": URL, "types": ["nothing.happened"]})
    assert (private.status_code, unknown.status_code) == (422, 422)


def test_the_types_of_events_are_named() -> None:
    assert "message.received" in {one["name"] for one in Program().get("/event-types").json()["items"]}
