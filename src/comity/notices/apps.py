"""The room notices."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Names the room."""

    name = "comity.notices"
    label = "notices"
