"""The room `web`."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """The shell around every page."""

    name = "comity.web"
    label = "web"
