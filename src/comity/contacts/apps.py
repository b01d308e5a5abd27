"""Tells Django about this room."""

from django.apps import AppConfig


class ContactsConfig(AppConfig):
    """People, identities, companies, consent."""

    name = "comity.contacts"
    label = "contacts"
