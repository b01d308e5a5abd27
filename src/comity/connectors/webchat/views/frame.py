"""What every call of the client API goes through: whose token, from which page, how often, how large."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from comity.accounts.options import load
from comity.connectors.webchat import limits
from comity.connectors.webchat.answers import (
    Strange,
    blocked,
    body_of,
    open_to,
    preflight,
    refuse_strangers,
    signed_out,
)
from comity.connectors.webchat.fields import Fields
from comity.connectors.webchat.models import Visitor, VisitorToken
from comity.connectors.webchat.options import WebchatOptions
from comity.connectors.webchat.queries import active_token
from comity.conversations.models import Inbox
from comity.core import origin
from comity.core.refusals import Refusal


@dataclass
class Call:
    """One call: the request, and what is known of who makes it."""

    request: HttpRequest
    token: VisitorToken | None = None

    @property
    def visitor(self) -> Visitor:
        """Whose token it is."""
        assert self.token is not None, "a call that needs a visitor was let in without"
        return self.token.visitor

    @cached_property
    def options(self) -> WebchatOptions:
        """The settings of the visitor's inbox."""
        return load(WebchatOptions, inbox=self.visitor.inbox_id)

    @cached_property
    def fields(self) -> Fields:
        """What the body says. Raises Refusal for one that is no JSON object."""
        return Fields(_body(self.request))

    @property
    def origin(self) -> str:
        """The site whose page calls; "" for a program."""
        return self.request.headers.get("Origin", "")

    @property
    def address(self) -> str:
        """The address of the caller, as a trusted proxy says."""
        found = origin.current()
        return found.address if found else str(self.request.META.get("REMOTE_ADDR", ""))

    def count(self, what: str) -> None:
        """Count the call. Raises Refusal when it is one too many."""
        limits.count(what, visitor_id=self.token.visitor_id if self.token else None, address=self.address)


View = Callable[..., HttpResponse]


def address(**by_method: View) -> View:
    """Return a view that answers each method, such as get=…; each is given the call and the parts of the path."""
    views = {method.upper(): view for method, view in by_method.items()}

    @csrf_exempt  # no cookie counts here; a token in the header is the proof
    def answer(request: HttpRequest, **parts: Any) -> HttpResponse:
        if request.method == "OPTIONS":
            return HttpResponse(status=204, headers=preflight(request.headers.get("Origin", "")))
        return _answer(Call(request), views, parts)

    return answer


def of_visitor(what: str, *, may_be_blocked: bool = False) -> Callable[[View], View]:
    """Let a call through for a visitor's token, counted as `what`."""

    def around(view: View) -> View:
        @wraps(view)
        def admit(call: Call, **parts: Any) -> HttpResponse:
            call.token = _token(call.request)
            translation.activate(call.visitor.language or translation.get_language() or "en")
            refuse_strangers(call.visitor.inbox, call.origin, call.options)
            if call.visitor.blocked_at and not may_be_blocked:
                raise blocked()
            call.count(what)
            return view(call, **parts)

        return admit

    return around


def done(found: Any = None, *, status: int = 200) -> HttpResponse:
    """Return an answer as JSON; nothing is 204."""
    return JsonResponse(found, status=status) if found is not None else HttpResponse(status=204)


def check_site(call: Call, inbox: Inbox) -> WebchatOptions:
    """Return the settings of an inbox, after looking whether the page may carry it."""
    options = load(WebchatOptions, inbox=inbox.pk)
    refuse_strangers(inbox, call.origin, options)
    return options


def _answer(call: Call, views: dict[str, View], parts: dict[str, Any]) -> HttpResponse:
    readable = call.origin
    language = translation.get_language()
    try:
        view = views.get("GET" if call.request.method == "HEAD" else str(call.request.method))
        if view is None:
            words = _("This address knows %(methods)s only.") % {"methods": ", ".join(views)}
            raise Refusal(words, code="method", status=405)
        response = view(call, **parts)
    except Refusal as refusal:
        response = _problem(refusal)
        readable = "" if isinstance(refusal, Strange) else readable
        if refusal.status == 405:
            response["Allow"] = ", ".join(views)
    except Http404:
        response = _problem(Refusal(_("There is nothing here for you."), code="not_found", status=404))
    finally:
        translation.activate(language or "en")
    for name, value in open_to(readable).items():
        response[name] = value
    if not response.has_header("Cache-Control"):
        response["Cache-Control"] = "no-store"
    return response


def _problem(refusal: Refusal) -> HttpResponse:
    response = HttpResponse(body_of(refusal), status=refusal.status, content_type="application/problem+json")
    if isinstance(refusal, limits.TooMany):
        response["Retry-After"] = str(refusal.seconds)
    if refusal.status == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response


def _token(request: HttpRequest) -> VisitorToken:
    scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
    found = active_token(secret.strip()) if scheme.lower() == "bearer" else None
    if found is None:
        raise signed_out()
    return found


def _body(request: HttpRequest) -> dict[str, Any]:
    too_large = Refusal(_("This is more than a message can hold."), code="too_large", status=413)
    if int(request.headers.get("Content-Length") or 0) > limits.BODY:
        raise too_large
    try:
        if len(request.body) > limits.BODY:
            raise too_large
        found = json.loads(request.body or b"{}")
    except (ValueError, RecursionError):
        raise Refusal(_("The body must be JSON."), code="unreadable", status=400) from None
    except RequestDataTooBig:
        raise too_large from None
    if not isinstance(found, dict):
        raise Refusal(_("The body must be a JSON object."), code="unreadable", status=400)
    return found
