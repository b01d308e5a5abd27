"""Addresses of this room's pages."""

from django.urls import path

from . import views

urlpatterns = [path("settings/inboxes/<int:inbox_id>/api/secret", views.secret, name="api_channel_secret")]
