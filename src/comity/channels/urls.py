"""Addresses of the channel frame."""

from django.urls import path

from .views import arrivals, inboxes

urlpatterns = [
    path("messages/<int:message_id>/original", arrivals.message_original, name="message_original"),
    path("settings/inboxes", inboxes.inboxes, name="settings_inboxes"),
    path("settings/inboxes/new/<str:kind>", inboxes.new_inbox, name="settings_inbox_new"),
    path("settings/inboxes/<int:inbox_id>", inboxes.inbox, name="settings_inbox"),
    path("settings/inboxes/<int:inbox_id>/connection", inboxes.inbox_connection, name="settings_inbox_connection"),
    path("settings/inboxes/<int:inbox_id>/check", inboxes.inbox_check, name="settings_inbox_check"),
    path("settings/inboxes/<int:inbox_id>/switch", inboxes.inbox_switch, name="settings_inbox_switch"),
    path("settings/inboxes/<int:inbox_id>/options/<slug:group>", inboxes.inbox_options, name="settings_inbox_options"),
    path("settings/unreadable", arrivals.unreadable, name="unreadable"),
    path("settings/unreadable/<int:raw_id>", arrivals.unreadable_one, name="unreadable_one"),
]
