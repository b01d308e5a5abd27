"""Addresses of the file store."""

from django.urls import path

from . import views

urlpatterns = [
    path("files/upload", views.upload, name="file_upload"),
    path("files/<str:key>/<path:name>", views.serve, name="file"),
]
