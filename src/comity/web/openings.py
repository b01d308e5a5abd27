"""Which addresses show the personal data of customers, and whose: what is opened there is noted in the log."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponseBase

from comity.core.actor import Actor
from comity.events.openings import openings
from comity.files import links

CONVERSATION, CUSTOMER, MESSAGE = "conversation:{conversation_id}", "contact:{contact_id}", "message:{message_id}"
EVERY_CUSTOMER, EVERY_CONVERSATION = "contacts:all", "conversations:all"


@dataclass(frozen=True)
class Shows:
    """What an address shows: a subject, how, by which methods, and perhaps only when something is asked for."""

    subject: str
    how: str
    asks: str = ""
    methods: tuple[str, ...] = ("GET",)


ANSWERED = ("GET", "POST", "PUT", "PATCH")  # the API answers a change with what there is now

SHOWN: dict[str, Shows] = {
    "conversations/<int:conversation_id>": Shows(CONVERSATION, "page"),
    "conversations/<int:conversation_id>/thread": Shows(CONVERSATION, "page"),
    "conversations/<int:conversation_id>/header": Shows(CONVERSATION, "page"),
    "conversations/<int:conversation_id>/panel": Shows(CONVERSATION, "page"),
    "conversations/<int:conversation_id>/forward": Shows(CONVERSATION, "page", methods=("POST",)),
    "messages/<int:message_id>/frame": Shows(CONVERSATION, "page"),
    "contacts": Shows(EVERY_CUSTOMER, "search", asks="q"),
    "contacts/<int:contact_id>": Shows(CUSTOMER, "page"),
    "contacts/<int:contact_id>/card": Shows(CUSTOMER, "page"),
    "contacts/<int:contact_id>/edit": Shows(CUSTOMER, "page"),
    "contacts/<int:contact_id>/merge": Shows(CUSTOMER, "page"),
    "contacts/companies/<int:company_id>": Shows("company:{company_id}", "page"),
    "people/addresses": Shows(EVERY_CUSTOMER, "search", asks="q"),
    "visitors": Shows(EVERY_CUSTOMER, "list"),
    "find": Shows(EVERY_CUSTOMER, "search", asks="q"),
    "inbox": Shows(EVERY_CONVERSATION, "search", asks="q"),
    "messages/<int:message_id>/original": Shows(MESSAGE, "original"),
    "settings/unreadable/<int:raw_id>": Shows("raw:{raw_id}", "original"),
    "files/<str:key>/<path:name>": Shows("attachment:{reference}", "attachment"),
    "api/v1/contacts": Shows(EVERY_CUSTOMER, "list"),
    "api/v1/contacts/<contact_id>": Shows(CUSTOMER, "api", methods=ANSWERED),
    "api/v1/contacts/<contact_id>/claims": Shows(CUSTOMER, "api"),
    "api/v1/contacts/<contact_id>/consents": Shows(CUSTOMER, "api"),
    "api/v1/contacts/<contact_id>/duplicates": Shows(EVERY_CUSTOMER, "list"),
    "api/v1/contacts/<contact_id>/merge": Shows(CUSTOMER, "api", methods=ANSWERED),
    "api/v1/contacts/<contact_id>/notes": Shows(CUSTOMER, "api"),
    "api/v1/contacts/<contact_id>/tags/<tag>": Shows(CUSTOMER, "api", methods=("PUT", "DELETE")),
    "api/v1/conversations": Shows(EVERY_CONVERSATION, "list"),
    "api/v1/conversations/<conversation_id>": Shows(CONVERSATION, "api", methods=ANSWERED),
    "api/v1/conversations/<conversation_id>/messages": Shows(CONVERSATION, "api"),
    "api/v1/conversations/<conversation_id>/participants": Shows(CONVERSATION, "api"),
    "api/v1/messages/<message_id>": Shows(MESSAGE, "api"),
    "api/v1/messages/<message_id>/original": Shows(MESSAGE, "original"),
    "api/v1/unreadable/<raw_id>/original": Shows("raw:{raw_id}", "original"),
}


class OpeningMiddleware:
    """Notes who opened whose data, after it was shown. Whoever is refused has opened nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        match = request.resolver_match
        shows = SHOWN.get(match.route) if match else None
        is_shown = shows and response.status_code == 200 and request.method in shows.methods
        if shows and match and is_shown and (not shows.asks or request.GET.get(shows.asks)):
            _note(request, response, shows, {**match.kwargs, **getattr(request, "belongs_to", {})})
        return response


def _note(request: HttpRequest, response: HttpResponseBase, shows: Shows, parts: Mapping[str, Any]) -> None:
    by: Actor | None = getattr(request.user, "actor", None)
    if by is None:
        return
    if "reference" in shows.subject:
        if _is_picture_in_a_page(response):
            return  # the page that it stands in is noted
        parts = {"reference": links.read(str(parts["key"]))[0]}
    openings.note(subject=shows.subject.format(**parts), how=shows.how, by=by)


def _is_picture_in_a_page(response: HttpResponseBase) -> bool:
    is_inline = response.headers.get("Content-Disposition", "").startswith("inline")
    return is_inline and response.headers.get("Content-Type", "").startswith("image/")
