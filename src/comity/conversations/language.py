"""In which language the house writes to a customer by itself."""

from django.utils import translation

from .models import Conversation


def customers_language(conversation: Conversation) -> translation.override:
    """Return a block in which words are in the customer's language, as far as it is known, else in the inbox's."""
    return translation.override(conversation.contact.language or conversation.inbox.language or None)
