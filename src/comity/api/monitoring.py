"""The address /metrics, as monitoring expects it."""

from django.http import HttpRequest, HttpResponse

from comity.core import metrics

from .gate import guarded

READ = "metrics.read"


def measurements(request: HttpRequest) -> HttpResponse:
    """Answer all measurements in the text form of OpenMetrics."""
    return HttpResponse(metrics.text(), content_type=metrics.CONTENT_TYPE)


guarded_measurements = guarded(measurements, {"GET": (READ,)})
