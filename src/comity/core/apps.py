"""Loads what every room registers, once all models are there."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules

FIRST = ("event_types",)  # of all rooms, before any room reacts to them
PLUGS = ("permissions", "options", "reactions", "commands", "ports", "ui", "connector", "api", "checks", "metrics")


class CoreConfig(AppConfig):
    """The lowest room; the rooms' registrations are imported from here."""

    name = "comity.core"
    label = "core"

    def ready(self) -> None:
        autodiscover_modules(*FIRST)
        autodiscover_modules(*PLUGS)
