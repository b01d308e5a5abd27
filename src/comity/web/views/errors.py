"""Pages and toasts for what could not be shown."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from comity.core.web import is_fragment


def toast(request: HttpRequest, message: str, *, status: int, tone: str = "bad") -> HttpResponse:
    """Answer htmx with a toast instead of the fragment it asked for; the page keeps what was typed."""
    answer = render(request, "web/_toast.html", {"message": message, "tone": tone}, status=status)
    answer["HX-Retarget"] = "#toasts"
    answer["HX-Reswap"] = "beforeend"
    answer["HX-Reselect"] = "cm-toast"
    return answer


def not_allowed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that a page is not for this person's role (403)."""
    if is_fragment(request):
        return toast(request, _("Your role does not allow this."), status=403)
    return render(request, "web/not_allowed.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that there is nothing at this address, or nothing this person may see (404)."""
    if is_fragment(request):
        return toast(request, _("This is no longer here. Somebody may have moved or deleted it."), status=404)
    return render(request, "web/not_found.html", status=404)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that the page was too old to send its form (403)."""
    if is_fragment(request):
        return toast(request, _("This page is too old to send from. Copy what you wrote and reload."), status=403)
    return render(request, "web/too_old.html", status=403)


def broken(request: HttpRequest) -> HttpResponse:
    """Say that the mistake is ours (500). Asks neither the database nor the viewer's settings."""
    fragment = is_fragment(request)
    page = render_to_string("web/_broken.html" if fragment else "web/broken.html")
    answer = HttpResponse(page, status=500)
    if fragment:
        answer["HX-Retarget"], answer["HX-Reswap"], answer["HX-Reselect"] = "#toasts", "beforeend", "cm-toast"
    return answer
