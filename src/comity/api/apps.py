"""The room of the API's frame."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Who asks, how often, and what was answered to a repeated call."""

    name = "comity.api"
    label = "api"
