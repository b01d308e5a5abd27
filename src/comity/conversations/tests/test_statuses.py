"""An organisation's own status names stand on top of the fixed categories."""

import pytest
from django.test import Client

from comity.accounts.tests.make import an_agent, an_organisation
from comity.conversations import actions
from comity.conversations.models import Conversation, StatusName
from comity.conversations.tests.make import SOMEBODY, a_conversation
from comity.core.refusals import Refusal

pytestmark = pytest.mark.django_db


def test_a_name_is_added_used_and_taken_away_while_the_conversation_keeps_its_category(client: Client) -> None:
    an_organisation()
    client.force_login(an_agent(role="administrator"))
    client.post("/settings/statuses", {"name": "At the workshop", "category": "waiting_other"})
    name = StatusName.objects.get()
    conversation = a_conversation()
    actions.set_status(conversation=conversation, status="waiting_other", name=name, by=SOMEBODY)
    assert Conversation.objects.get(pk=conversation.pk).status_label == "At the workshop"

    client.post(f"/settings/statuses/{name.pk}", {"forget": ""})
    found = Conversation.objects.get(pk=conversation.pk)
    assert (found.status, found.status_label) == ("waiting_other", "Waiting for others")


def test_a_name_that_is_there_already_is_refused_in_words(client: Client) -> None:
    an_organisation()
    client.force_login(an_agent(role="administrator"))
    actions.name_status(category="open", name="Doing", by=SOMEBODY)

    answer = client.post("/settings/statuses", {"name": "Doing", "category": "open"})
    assert answer.status_code == 422
    assert "There is a status of that name already." in answer.content.decode()


def test_a_name_of_another_category_is_refused() -> None:
    name = actions.name_status(category="open", name="Doing", by=SOMEBODY)
    with pytest.raises(Refusal):
        actions.set_status(conversation=a_conversation(), status="resolved", name=name, by=SOMEBODY)
