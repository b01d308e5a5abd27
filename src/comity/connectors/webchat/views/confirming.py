"""The page to which a mail leads: is this chat yours?"""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from comity.connectors.webchat import actions
from comity.connectors.webchat.keys import read_confirmation
from comity.connectors.webchat.models import Visitor
from comity.core import clock


@never_cache
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, word: str) -> HttpResponse:
    """Ask whether a chat is theirs (GET); believe what they say (POST). A mere look proves nothing."""
    visitor = _visitor_or_404(word)
    said = ""
    if request.method == "POST":
        said = "yes" if "yes" in request.POST else "no"
        if said == "yes":
            actions.confirm(visitor=visitor, email=visitor.email)
        else:
            actions.deny(visitor=visitor, email=visitor.email)
    return render(request, "webchat/confirm.html", {"visitor": visitor, "said": said})


def _visitor_or_404(word: str) -> Visitor:
    def email_of(visitor_id: int) -> str:
        return Visitor.objects.filter(pk=visitor_id).values_list("email", flat=True).first() or ""

    found = read_confirmation(word, email_of, clock.now())
    visitor = Visitor.objects.select_related("inbox__brand").filter(pk=found or 0).exclude(email="").first()
    if visitor is None:
        raise Http404("no such confirmation")
    return visitor
