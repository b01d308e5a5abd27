"""The room files."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    """Names the room."""

    name = "comity.files"
    label = "files"
