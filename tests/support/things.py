"""One of everything that an address names, for walks over all addresses."""

from typing import Any

from comity.accounts.tests.make import a_brand, a_skill, a_team, an_agent, an_organisation
from comity.contacts.tests.make import a_company, a_contact, an_attribute
from comity.conversations.models import StatusName
from comity.conversations.tests.make import a_conversation, an_inbox


def one_of_everything() -> dict[str, Any]:
    """Make it, and return what stands for each part of an address."""
    an_organisation()
    conversation = a_conversation(inbox=an_inbox(team=a_team()))
    agent = an_agent()
    return {
        "conversation_id": conversation.pk,
        "message_id": conversation.messages.exclude(direction="system").get().pk,
        "inbox_id": conversation.inbox_id,
        "contact_id": a_contact().pk,
        "other_id": conversation.contact_id,
        "company_id": a_company().pk,
        "definition_id": an_attribute().pk,
        "team_id": a_team().pk,
        "skill_id": a_skill().pk,
        "brand_id": a_brand().pk,
        "role_id": agent.role_id,
        "agent_id": agent.pk,
        "identity_id": conversation.participants.get().identity_id,
        "status_id": StatusName.objects.create(category="open", name="Being looked at").pk,
        "kind": "note",
        "key": "x",
        "group": "presence",
        "level": "organisation",
        "level_id": 0,
        "language": "en",
        "code": "x",
        "name": "x",
    }
