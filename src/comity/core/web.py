"""What every view needs: a fragment for htmx, a redirect for everybody else."""

from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from .slots import Panel, Slot


def is_fragment(request: HttpRequest) -> bool:
    """Did htmx ask, for a part of the page?"""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"


def fragment_or_redirect(request: HttpRequest, template: str, context: dict[str, Any], *, to: Any) -> HttpResponse:
    """Answer a click: the fragment to htmx, a redirect to a browser without it."""
    if is_fragment(request):
        return render(request, template, context)
    return redirect(to)


def go_to(request: HttpRequest, to: Any) -> HttpResponse:
    """Send the browser to another page, from htmx as well as without."""
    if is_fragment(request):
        return HttpResponse(status=204, headers={"HX-Redirect": resolve_url(to)})
    return redirect(to)


def drawn_panels(slot: Slot[Panel], request: HttpRequest, subject_id: int) -> list[SafeString]:
    """Draw what other rooms put into a slot of panels about one subject, such as a customer."""
    drawn = []
    for panel in slot.for_user(request.user):
        context = panel.context(request, subject_id)
        if context is not None:
            drawn.append(render_to_string(panel.template, context, request))
    return drawn


def local_path(address: str, default: str = "/") -> str:
    """Return the address when it is a path of our own pages, else the default, so that no link leads elsewhere."""
    parts = urlsplit(address)
    ours = not parts.scheme and not parts.netloc and address.startswith("/") and not address.startswith(("//", "/\\"))
    return address if ours else default
