"""The room of conversations."""

from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    """One matter of one contact, however many channels it travels through."""

    name = "comity.conversations"
    label = "conversations"
