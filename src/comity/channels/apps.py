"""The room of the channel frame."""

from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    """Intake, threading, delivery and health for every channel."""

    name = "comity.channels"
    label = "channels"
