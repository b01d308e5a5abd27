"""Addresses of the notices."""

from django.urls import path

from . import views

urlpatterns = [
    path("notices", views.notices, name="notices"),
    path("notices/read", views.all_read, name="notices_read"),
    path("notices/<int:notice_id>/read", views.read, name="notice_read"),
]
