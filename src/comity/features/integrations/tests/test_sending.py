"""What happens is told to whoever asked, signed, and again until it arrives."""

import base64
import hashlib
import hmac
import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler

import pytest

from comity.core import clock
from comity.events.log import Timer
from comity.events.models import Run
from comity.events.testing import recorded, settle, twice_and_backwards
from comity.features.integrations import actions, sending
from comity.features.integrations.models import Delivery, DeliveryState, Webhook, WebhookState
from comity.features.integrations.tests.make import (
    SOMEBODY,
    Received,
    Receiver,
    a_receiver,
    a_webhook,
    allow,
    only_delivery,
    says,
    something_happens,
)
from tests.support.pace import slowness

pytestmark = pytest.mark.django_db


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with a_receiver() as made:
        yield made


def is_signed(got: Received, secret: str) -> bool:
    """The check as the specification describes it, written from the other side."""
    key = base64.b64decode(secret.split("_", 1)[1])
    content = got.headers["webhook-id"].encode() + b"." + got.headers["webhook-timestamp"].encode() + b"." + got.body
    expected = base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()
    given = [part.partition(",") for part in got.headers["webhook-signature"].split(" ")]
    return any(version == "v1" and hmac.compare_digest(value, expected) for version, _comma, value in given)


def test_an_event_arrives_with_its_values_and_a_valid_signature(receiver: Receiver) -> None:
    webhook = a_webhook(receiver.url)
    event = something_happens()

    settle()

    (got,) = receiver.received
    assert json.loads(got.body) == {
        "type": "conversation.resolved",
        "timestamp": event.at.isoformat(),
        "data": {
            "event": event.pk,
            "subject": "conversation:42",
            "actor": {"kind": "system", "id": "tests"},
            "cause": None,
            "values": {"old": "open", "new": "resolved"},
        },
    }
    assert got.headers["content-type"] == "application/json"
    assert abs(int(got.headers["webhook-timestamp"]) - time.time()) < 60
    assert is_signed(got, webhook.secret)
    assert not is_signed(Received(got.headers, got.body + b" "), webhook.secret)
    delivery = only_delivery()
    assert (delivery.state, delivery.status, delivery.tries, delivery.key) == ("delivered", 200, 1, receiver.ids[0])


def test_only_what_was_asked_for_is_told_and_only_while_it_is_on(receiver: Receiver) -> None:
    webhook = a_webhook(receiver.url, "conversation.prioritised")
    something_happens("conversation.resolved")
    actions.switch_off(webhook=webhook, by=SOMEBODY)
    something_happens("conversation.prioritised")
    settle()
    assert receiver.received == []

    actions.switch_on(webhook=webhook, by=SOMEBODY)
    something_happens("conversation.prioritised")
    settle()
    assert len(receiver.received) == 1


def test_where_nobody_listens_an_event_owes_nothing() -> None:
    something_happens()
    assert not Run.objects.filter(reaction="integrations.tell_webhooks").exists()


def test_reactions_may_run_twice_and_out_of_order(receiver: Receiver) -> None:
    a_webhook(receiver.url)

    def scenario() -> None:
        something_happens()
        something_happens()

    once, twice = twice_and_backwards(scenario, lambda: list(Delivery.objects.values_list("state", "tries")))
    assert once == twice == [("delivered", 1)] * 2


@pytest.mark.parametrize("status", [302, 400, 404, 500])
def test_a_no_is_tried_again_with_the_same_id_until_it_is_a_yes(
    receiver: Receiver, shift_clock: Callable[..., None], status: int
) -> None:
    webhook = a_webhook(receiver.url)
    receiver.answer = says(status, "not today", location="http://elsewhere.example/")
    something_happens()
    settle()
    delivery = only_delivery()
    assert (delivery.state, delivery.status, delivery.response, delivery.tries) == ("waiting", status, "not today", 1)
    assert delivery.error
    assert timedelta(seconds=3) < delivery.next_at - clock.now() < timedelta(seconds=6)

    receiver.answer = says(204)
    settle()
    assert len(receiver.received) == 1  # not before its time
    shift_clock(seconds=10)
    settle()

    assert only_delivery().state == DeliveryState.DELIVERED
    assert len(receiver.ids) == 2 and len(set(receiver.ids)) == 1
    assert all(is_signed(got, webhook.secret) for got in receiver.received)
    assert receiver.received[0].body == receiver.received[1].body
    assert Webhook.objects.get().failing_since is None


@pytest.mark.parametrize("in_words", [False, True])
def test_who_asks_for_patience_gets_it(receiver: Receiver, shift_clock: Callable[..., None], in_words: bool) -> None:
    a_webhook(receiver.url)
    moment = (clock.now() + timedelta(hours=1)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    receiver.answer = says(429, retry_after=moment if in_words else "3600")
    something_happens()
    something_happens()
    settle()
    assert len(receiver.received) == 1  # the second one is not even tried
    shift_clock(minutes=55)
    settle()
    assert len(receiver.received) == 1

    receiver.answer = says(200)
    shift_clock(minutes=65)
    settle()
    assert [delivery.state for delivery in Delivery.objects.all()] == ["delivered", "delivered"]


def test_gone_switches_off_and_people_are_told(receiver: Receiver) -> None:
    from comity.accounts.tests.make import an_agent
    from comity.notices.models import Notice

    boss, agent = an_agent(role="administrator"), an_agent()
    webhook = a_webhook(receiver.url)
    receiver.answer = says(410)
    something_happens()
    something_happens()
    settle()

    webhook.refresh_from_db()
    assert webhook.state == WebhookState.GONE
    assert len(receiver.received) == 1
    assert set(Delivery.objects.values_list("state", flat=True)) == {"failed"}
    told = list(Notice.objects.values_list("agent_id", "kind"))
    assert told == [(boss.pk, "webhook_stopped")] and agent.pk != boss.pk
    actions.switch_on(webhook=webhook, by=SOMEBODY)
    settle()
    assert Notice.objects.get().read_at is not None


def test_days_of_failures_pause_it_and_what_waited_goes_out_when_it_is_switched_on(
    receiver: Receiver, shift_clock: Callable[..., None]
) -> None:
    webhook = a_webhook(receiver.url)
    receiver.answer = says(500)
    something_happens()
    for hours in range(0, 100, 2):
        shift_clock(hours=hours)
        settle()

    webhook.refresh_from_db()
    assert webhook.state == WebhookState.PAUSED
    assert len(receiver.received) == 9  # of at most ten
    receiver.answer = says(200)
    something_happens()  # nobody is told of this one
    actions.switch_on(webhook=webhook, by=SOMEBODY)
    shift_clock(hours=200)
    settle()
    assert only_delivery().state == DeliveryState.DELIVERED
    assert len(set(receiver.ids)) == 1


def test_the_last_try_is_the_last(receiver: Receiver, shift_clock: Callable[..., None]) -> None:
    a_webhook(receiver.url)
    receiver.answer = says(500)
    something_happens()
    for hours in range(0, 100, 2):
        Webhook.objects.update(failing_since=None)  # others arrive in between
        shift_clock(hours=hours)
        settle()
    assert len(receiver.received) == 10
    assert only_delivery().state == DeliveryState.FAILED


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()  # with a reset


def test_a_connection_that_breaks_is_tried_again(receiver: Receiver, shift_clock: Callable[..., None]) -> None:
    a_webhook(receiver.url)
    receiver.answer = hang_up
    something_happens()
    settle()
    delivery = only_delivery()
    assert (delivery.state, delivery.status) == ("waiting", None)
    assert "ended the connection" in delivery.error

    receiver.answer = says(200)
    shift_clock(seconds=10)
    settle()
    assert only_delivery().state == DeliveryState.DELIVERED
    assert len(set(receiver.ids)) == 1


@pytest.mark.parametrize("dripping", [False, True])
def test_an_answer_has_its_time(receiver: Receiver, monkeypatch: pytest.MonkeyPatch, dripping: bool) -> None:
    monkeypatch.setattr(sending, "SECONDS", 0.5)
    ended = threading.Event()

    def dawdle(handler: BaseHTTPRequestHandler) -> None:
        if dripping:
            handler.wfile.write(b"HTTP/1.0 200 OK\r\n")
        while not ended.wait(0.2) and dripping:
            try:
                handler.wfile.write(b"X-More: and more\r\n")
            except OSError:
                return
        ended.wait(5)

    a_webhook(receiver.url)
    receiver.answer = dawdle
    something_happens()
    began = time.monotonic()
    settle()
    ended.set()
    assert time.monotonic() - began < 4 * slowness()
    delivery = only_delivery()
    assert (delivery.state, delivery.status) == ("waiting", None)
    assert "time" in delivery.error


def test_private_addresses_are_refused_also_where_a_name_leads_to_one(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    webhook = a_webhook(receiver.url)
    real = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, *rest, **more: real("127.0.0.1", *rest, **more)
    )  # a name server of somebody else
    Webhook.objects.update(url=receiver.url.replace("127.0.0.1", "innocent.example"))
    something_happens()
    settle()
    delivery = only_delivery()
    assert delivery.status is None and receiver.received == []
    assert delivery.error == (
        "innocent.example is on a private network, and is not among the addresses that are allowed."
    )
    assert webhook.pk == delivery.webhook_id


def test_an_old_secret_is_good_for_a_day(receiver: Receiver, shift_clock: Callable[..., None]) -> None:
    old = a_webhook(receiver.url)
    new = actions.rotate(webhook=old, by=SOMEBODY)
    assert recorded() == ["webhook.secret_changed"]
    assert new.secret.startswith("whsec_") and new.secret != old.secret
    something_happens()
    settle()
    shift_clock(hours=25)
    something_happens()
    settle()
    first, second = receiver.received
    assert is_signed(first, old.secret) and is_signed(first, new.secret)
    assert not is_signed(second, old.secret) and is_signed(second, new.secret)


def test_one_that_fails_holds_up_no_other_and_is_not_hammered(receiver: Receiver) -> None:
    allow("127.0.0.1:1")
    dead, alive = a_webhook("http://127.0.0.1:1/", name="Dead"), a_webhook(receiver.url, name="Alive")
    for _count in range(5):
        something_happens()
    settle()
    assert len(receiver.received) == 5
    assert set(alive.deliveries.values_list("state", flat=True)) == {"delivered"}
    assert sum(dead.deliveries.values_list("tries", flat=True)) == 1
    assert Timer.objects.filter(type="webhook.due").count() == 1


def test_one_event_that_is_refused_holds_up_no_other(receiver: Receiver) -> None:
    def picky(handler: BaseHTTPRequestHandler) -> None:
        is_bad = b"conversation:13" in receiver.received[-1].body
        says(500 if is_bad else 200)(handler)

    a_webhook(receiver.url)
    receiver.answer = picky
    for number in (13, 14, 15):
        something_happens(subject=f"conversation:{number}")
    settle()
    assert sorted(Delivery.objects.values_list("state", flat=True)) == ["delivered", "delivered", "waiting"]


def test_an_endless_answer_is_kept_in_part(receiver: Receiver) -> None:
    a_webhook(receiver.url)
    receiver.answer = says(200, "ö\0" * 50_000)
    something_happens()
    settle()
    assert only_delivery().response == "ö" * sending.EXCERPT


def test_a_test_is_a_real_event_also_while_it_is_off(receiver: Receiver) -> None:
    webhook = a_webhook(receiver.url, is_on=False)
    delivery = actions.test(webhook=webhook, by=SOMEBODY)
    settle()
    assert json.loads(receiver.received[0].body)["type"] == "webhook.test"
    assert is_signed(receiver.received[0], webhook.secret)
    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.DELIVERED

    receiver.answer = says(500)
    failed = actions.test(webhook=webhook, by=SOMEBODY)
    settle()
    failed.refresh_from_db()
    assert (failed.state, failed.tries) == ("failed", 1)
    assert Webhook.objects.get().failing_since is None


def test_sending_again_keeps_the_id(receiver: Receiver) -> None:
    a_webhook(receiver.url)
    something_happens()
    settle()
    actions.replay(delivery=only_delivery(), by=SOMEBODY)
    settle()
    assert only_delivery().tries == 2
    assert len(receiver.ids) == 2 and len(set(receiver.ids)) == 1


def test_old_deliveries_are_tidied_away(receiver: Receiver, shift_clock: Callable[..., None]) -> None:
    a_webhook(receiver.url)
    something_happens()
    settle()
    shift_clock(days=29)
    assert actions.sweep() == 0
    shift_clock(days=31)
    something_happens()
    assert actions.sweep() == 1


def test_deleting_one_with_work_waiting_leaves_nothing(receiver: Receiver) -> None:
    webhook = a_webhook(receiver.url)
    something_happens()
    actions.delete(webhook=webhook, by=SOMEBODY)
    settle()
    assert receiver.received == []
    assert not Delivery.objects.exists() and not Timer.objects.filter(type="webhook.due").exists()
