"""Addresses of the search index's own page."""

from django.urls import path

from . import views

urlpatterns = [path("settings/search", views.index, name="settings_search")]
