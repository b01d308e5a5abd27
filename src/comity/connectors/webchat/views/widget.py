"""What a page may ask before anybody is known: the widget's settings, and to become a visitor."""

from django.http import Http404, HttpResponse, HttpResponseNotModified
from django.utils import translation

from comity.connectors.webchat import actions, limits, queries, work
from comity.connectors.webchat.actions import CHAT
from comity.connectors.webchat.actions.visitors import Page
from comity.connectors.webchat.fields import Fields
from comity.connectors.webchat.proof import of_jwt
from comity.connectors.webchat.queries.widget import etag
from comity.connectors.webchat.texts import best
from comity.connectors.webchat.work import flood
from comity.conversations.models import Inbox
from comity.core import clock

from .frame import Call, address, check_site, done

KEPT_FOR = 60  # seconds


def read_widget(call: Call, key: str) -> HttpResponse:
    """Return the settings of a widget."""
    call.count("widget")
    inbox = _inbox_or_404(key)
    options = check_site(call, inbox)
    asked_for = call.request.GET.get("language") or call.request.headers.get("Accept-Language", "").partition(",")[0]
    language = best(asked_for or inbox.language)
    with translation.override(language):
        found = queries.widget(inbox, options, language=language)
    tag = etag(found)
    found["challenge"] = work.challenge()
    is_known = found["challenge"] is None and tag in call.request.headers.get("If-None-Match", "")
    response = HttpResponseNotModified() if is_known else done(found)
    response["ETag"] = tag
    response["Cache-Control"] = "no-store" if found["challenge"] else f"public, max-age={KEPT_FOR}"  # each its own
    return response


def create_visitor(call: Call, key: str) -> HttpResponse:
    """Make a visitor, and give them their token."""
    call.count("visitors")
    flood.note()
    work.check(call.fields.part("proof").values)  # before anything is asked of the database
    inbox = _inbox_or_404(key)
    options = check_site(call, inbox)
    page = page_of(call, call.fields)
    translation.activate(page.language or "en")
    identity = call.fields.maybe_text("identity", limit=limits.TOKEN)
    proof = of_jwt(options.identify_secret, identity, now=clock.now()) if identity else None
    visitor, secret, expires_at = actions.welcome(inbox=inbox, page=page, options=options)
    if proof:
        visitor = actions.identify(visitor=visitor, proof=proof, by=CHAT)
    found = {"visitor": visitor.public, "token": secret, "expires_at": expires_at.isoformat()}
    known = {"subject": visitor.stream, "is_proven": visitor.is_proven, "name": visitor.name}
    return done(found | known, status=201)


def page_of(call: Call, fields: Fields) -> Page:
    """Return where the visitor is, as the widget and the browser say it."""
    page, headers = fields.part("page"), call.request.headers
    return Page(
        url=page.text("url"),
        title=page.text("title", limit=200),
        referrer=page.text("referrer"),
        language=best(fields.text("language", limit=20)) if fields.text("language") else "",
        zone=fields.text("zone", limit=64),
        user_agent=headers.get("User-Agent", "").replace("\x00", ""),
        do_not_track="1" in (headers.get("DNT"), headers.get("Sec-GPC")),
    )


def _inbox_or_404(key: str) -> Inbox:
    inbox = queries.widget_inbox(key)
    if inbox is None:
        raise Http404("no such widget")
    return inbox


widget = address(get=read_widget)
visitors = address(post=create_visitor)
