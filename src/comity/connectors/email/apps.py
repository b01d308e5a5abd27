"""The e-mail room."""

from django.apps import AppConfig


class EmailConfig(AppConfig):
    """E-mail as a channel."""

    name = "comity.connectors.email"
    label = "email"
