"""The room search."""

from django.apps import AppConfig


class SearchConfig(AppConfig):
    """Names the room."""

    name = "comity.search"
    label = "search"
