"""Makes the room known to Django."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People of the organisation and what they may do."""

    name = "comity.accounts"
    label = "accounts"
