"""Addresses of the API."""

from django.urls import include, path

from . import monitoring, views
from .frame import addresses

urlpatterns = [
    path("api/v1/openapi.json", views.openapi, name="api_openapi"),
    path("api/v1/docs", views.docs, name="api_docs"),
    path("api/v1/", include(list(addresses()))),
    path("metrics", monitoring.guarded_measurements, name="metrics"),
    path("api/<path:rest>", views.unknown, name="api_unknown"),
]
