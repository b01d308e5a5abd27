"""The room of integrations."""

from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    """Outgoing webhooks: who is told what, and what became of it."""

    name = "comity.features.integrations"
    label = "integrations"
