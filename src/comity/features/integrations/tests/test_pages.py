"""The settings pages of webhooks: add, change, try, read what was sent."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from comity.accounts.models import Agent
from comity.accounts.tests.make import an_agent
from comity.core.refusals import Refusal
from comity.events.catalogue import event_types
from comity.events.testing import forget, recorded, settle
from comity.features.integrations import actions
from comity.features.integrations.models import Delivery, Webhook, WebhookState
from comity.features.integrations.tests.make import (
    SOMEBODY,
    Receiver,
    a_receiver,
    a_webhook,
    allow,
    only_delivery,
    says,
    something_happens,
)

pytestmark = pytest.mark.django_db
TYPED = {"name": "Order system", "url": "https://orders.example/hook", "types": ["conversation.resolved"]}


@pytest.fixture
def boss(client: Client) -> Agent:
    agent = an_agent(role="administrator")
    client.force_login(agent)
    client.get("/settings/webhooks")  # now they count as online
    forget()
    return agent


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with a_receiver(200, "thank you") as made:
        yield made


def shown(client: Client, name: str, *arguments: Any, **query: str) -> str:
    return client.get(reverse(name, args=arguments), query).content.decode()


def test_adding_one_leads_to_its_secret(client: Client, boss: Agent) -> None:
    response = client.post("/settings/webhooks/new", TYPED)
    webhook = Webhook.objects.get()
    assert response["Location"] == f"/settings/webhooks/{webhook.pk}"
    assert recorded() == ["webhook.created"]
    page = shown(client, "settings_webhook", webhook.pk)
    assert webhook.secret in page and re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=", webhook.secret)
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM integrations_webhook")
        assert webhook.secret not in cursor.fetchone()[0]
    assert "Order system" in shown(client, "settings_webhooks")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"url": "http://orders.example/hook"}, "https://"),
        ({"url": "https://127.0.0.1/hook"}, "private network"),
        ({"url": "https://[::1]/hook"}, "private network"),
        ({"url": "https://localhost/hook"}, "private network"),
        ({"url": "https://169.254.169.254/latest"}, "private network"),
        ({"url": "https://user:secret@orders.example/"}, "Enter a web address"),
        ({"url": "ftp://orders.example/"}, "Enter a web address"),
        ({"url": "https://orders.example:port/"}, "not a web address"),
        ({"types": []}, "Choose at least one"),
        ({"types": ["log.parts_due"]}, "Select a valid choice"),
        ({"name": ""}, "required"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(client: Client, boss: Agent, wrong: dict[str, Any], words: str) -> None:
    response = client.post("/settings/webhooks/new", TYPED | wrong)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not Webhook.objects.exists()


def test_the_action_refuses_the_same(boss: Agent) -> None:
    with pytest.raises(Refusal, match="private network"):
        a_webhook("https://10.0.0.8/hook")
    with pytest.raises(Refusal, match="no events of the type"):
        a_webhook("https://orders.example/", "webhook.due")
    allow("10.0.0.8")
    assert a_webhook("http://10.0.0.8/hook").is_on


def test_every_type_that_can_be_chosen_has_a_name(client: Client, boss: Agent) -> None:
    page = shown(client, "settings_webhook_new")
    for type in event_types:
        assert (f'value="{type.name}"' in page) != type.is_inner
    assert "A conversation is resolved" in page


def test_changing_keeps_what_somebody_else_changed(client: Client, boss: Agent) -> None:
    webhook = a_webhook("https://orders.example/hook")
    address = f"/settings/webhooks/{webhook.pk}"
    client.post(address, TYPED | {"name": "Shop", "version": webhook.version})
    client.post(address, TYPED | {"name": "Till", "version": webhook.version})
    assert Webhook.objects.get().name == "Shop"
    assert recorded() == ["webhook.changed"]


def test_switching_off_and_on_and_deleting(client: Client, boss: Agent) -> None:
    webhook = a_webhook("https://orders.example/hook")
    client.post(f"/settings/webhooks/{webhook.pk}/switch", {"off": ""})
    assert Webhook.objects.get().state == WebhookState.OFF
    assert "Switched off" in shown(client, "settings_webhook", webhook.pk)
    client.post(f"/settings/webhooks/{webhook.pk}/switch", {"on": ""})
    assert Webhook.objects.get().is_on
    client.post(f"/settings/webhooks/{webhook.pk}", {"delete": "yes"})
    assert recorded() == ["webhook.switched_off", "webhook.switched_on", "webhook.deleted"]
    assert client.get(f"/settings/webhooks/{webhook.pk}").status_code == 404


def test_a_new_secret_is_shown_with_the_end_of_the_old_one(client: Client, boss: Agent) -> None:
    webhook = a_webhook("https://orders.example/hook")
    client.post(f"/settings/webhooks/{webhook.pk}/secret")
    page = shown(client, "settings_webhook", webhook.pk)
    assert Webhook.objects.get().secret in page and webhook.secret not in page
    assert "is good until" in page


def test_the_test_button_shows_the_answer(client: Client, boss: Agent, receiver: Receiver) -> None:
    webhook = a_webhook(receiver.url)
    response = client.post(f"/settings/webhooks/{webhook.pk}/test")
    delivery = only_delivery()
    assert response["Location"] == f"/settings/deliveries/{delivery.pk}"
    waiting = client.get(response["Location"], headers={"HX-Request": "true"}).content.decode()
    assert "Waiting for the answer" in waiting and "hx-get" in waiting

    settle()

    answered = client.get(response["Location"], headers={"HX-Request": "true"}).content.decode()
    assert "thank you" in answered and "hx-get" not in answered
    assert delivery.key in answered and "webhook.test" in answered


def test_sending_again_is_one_click(client: Client, boss: Agent, receiver: Receiver) -> None:
    webhook = a_webhook(receiver.url)
    receiver.answer = says(500, "<b>out of coffee</b>")
    something_happens()
    settle()
    delivery = only_delivery()
    page = shown(client, "webhook_delivery", delivery.pk)
    assert "The other side answered 500." in page and "&lt;b&gt;out of coffee" in page
    assert "conversation:42" in page

    receiver.answer = says(200)
    client.post(f"/settings/deliveries/{delivery.pk}")
    settle()
    assert only_delivery().state == "delivered"

    actions.switch_off(webhook=webhook, by=SOMEBODY)
    refused = client.post(f"/settings/deliveries/{delivery.pk}", headers={"HX-Request": "true"})
    assert refused.status_code == 409


def test_lists_cost_the_same_for_one_and_for_many(client: Client, boss: Agent) -> None:
    webhook = a_webhook("https://orders.example/hook")
    something_happens()
    actions.test(webhook=webhook, by=SOMEBODY)
    addresses = (f"/settings/webhooks/{webhook.pk}/deliveries", "/settings/webhooks")
    client.get(addresses[0])
    counts = []
    for _round in range(2):
        with CaptureQueriesContext(connection) as captured:
            for address in addresses:
                client.get(address)
        counts.append(len(captured))
        for _count in range(5):
            actions.test(webhook=webhook, by=SOMEBODY)
            a_webhook("https://orders.example/other")
    assert counts[0] == counts[1]


def test_the_list_can_show_only_what_did_not_arrive(client: Client, boss: Agent, receiver: Receiver) -> None:
    webhook = a_webhook(receiver.url)
    actions.test(webhook=webhook, by=SOMEBODY)
    settle()
    receiver.answer = says(400)
    actions.test(webhook=webhook, by=SOMEBODY)
    settle()
    everything = shown(client, "webhook_deliveries", webhook.pk)
    assert "Delivered" in everything and "Given up" in everything
    failed = shown(client, "webhook_deliveries", webhook.pk, failed="")
    assert "Delivered" not in failed and "Given up" in failed
    assert Delivery.objects.count() == 2
