"""The room of feedback."""

from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    """Ratings of conversations by those who wrote."""

    name = "comity.features.feedback"
    label = "feedback"
