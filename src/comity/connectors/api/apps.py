"""The room of the API channel."""

from django.apps import AppConfig


class ApiChannelConfig(AppConfig):
    """A system of the organisation's own as a channel."""

    name = "comity.connectors.api"
    label = "api_channel"
