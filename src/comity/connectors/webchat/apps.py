"""The room of live chat."""

from django.apps import AppConfig


class WebchatConfig(AppConfig):
    """Live chat as a channel."""

    name = "comity.connectors.webchat"
    label = "webchat"
