"""Addresses of the webhooks’ settings."""

from django.urls import path

from . import views

urlpatterns = [
    path("settings/webhooks", views.webhooks, name="settings_webhooks"),
    path("settings/webhooks/new", views.new_webhook, name="settings_webhook_new"),
    path("settings/webhooks/<int:webhook_id>", views.webhook, name="settings_webhook"),
    path("settings/webhooks/<int:webhook_id>/switch", views.webhook_switch, name="settings_webhook_switch"),
    path("settings/webhooks/<int:webhook_id>/secret", views.webhook_secret, name="settings_webhook_secret"),
    path("settings/webhooks/<int:webhook_id>/test", views.webhook_test, name="settings_webhook_test"),
    path("settings/webhooks/<int:webhook_id>/deliveries", views.deliveries, name="webhook_deliveries"),
    path("settings/deliveries/<int:delivery_id>", views.delivery, name="webhook_delivery"),
]
