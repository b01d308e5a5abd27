"""Loads what every room registers, once all models are there."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules

PLUGS = ("permissions", "options", "reactions", "commands", "ports", "ui", "connector", "api")


class CoreConfig(AppConfig):
    """The lowest room; the rooms' registrations are imported from here."""

    name = "comity.core"
    label = "core"

    def ready(self) -> None:
        autodiscover_modules(*PLUGS)
