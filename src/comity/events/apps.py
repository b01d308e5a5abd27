"""The room of the log, its reactions and timers."""

from django.apps import AppConfig


class EventsConfig(AppConfig):
    """Events, runs, timers and jobs."""

    name = "comity.events"
    label = "events"
