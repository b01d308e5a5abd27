"""Who takes part, as it is asked for every answer that arrives."""

from comity.conversations.models import Conversation
from comity.core.rows import find_values

ROLES = """
SELECT p.identity_id, p.role FROM conversations_participant p JOIN contacts_identity i ON i.id = p.identity_id
WHERE p.conversation_id = %s AND i.contact_id = %s
"""


def roles_of(conversation: Conversation, contact_id: int) -> dict[int, str]:
    """Return in which role somebody takes part, by the id of each identity by which they do."""
    return dict(find_values(ROLES, conversation.pk, contact_id))
