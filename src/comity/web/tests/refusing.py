"""Addresses that refuse and break, for tests of what the shell makes of it."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import path

from comity import urls
from comity.core.refusals import NotAllowed, Refusal

handler403, handler404, handler500 = urls.handler403, urls.handler404, urls.handler500


def refuse(request: HttpRequest) -> HttpResponse:
    raise Refusal("This conversation is <resolved>. Reopen it first.")


def not_allowed(request: HttpRequest) -> HttpResponse:
    raise NotAllowed("Your role does not allow this.")


def denied(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("A mistake of ours")


urlpatterns = [
    path("api/x/refuse", refuse),  # before the API, which answers for every address below its own
    *urls.urlpatterns,
    path("x/refuse", refuse),
    path("x/not-allowed", not_allowed),
    path("x/denied", denied),
    path("x/broken", broken),
]
