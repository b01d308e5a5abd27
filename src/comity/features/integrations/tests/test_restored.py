"""A restored copy that is only looked at tells no other program of anything."""

import pytest

from comity.core.actor import system
from comity.features.integrations.models import Webhook, WebhookState
from comity.features.integrations.ports import RestoredWebhooks
from comity.features.integrations.tests.make import a_webhook

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("inboxes_off", "left_on"), [(True, 0), (False, 1)])
def test_webhooks_of_a_copy_to_look_at_are_off(inboxes_off: bool, left_on: int) -> None:
    a_webhook("https://orders.example/hook", "conversation.resolved")

    said = list(RestoredWebhooks().settle(by=system("restore"), inboxes_off=inboxes_off))

    assert Webhook.objects.filter(state=WebhookState.ON).count() == left_on
    assert len(said) == 1 - left_on
