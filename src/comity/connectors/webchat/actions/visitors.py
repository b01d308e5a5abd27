"""Visitors: they come, get a token, say something of themselves, leave, are blocked."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from comity.connectors.webchat.keys import digest, new_name, new_secret
from comity.connectors.webchat.models import Visitor, VisitorToken
from comity.connectors.webchat.options import WebchatOptions
from comity.connectors.webchat.queries import HAS_VISITORS
from comity.contacts import actions as contacts
from comity.contacts.models import Contact
from comity.contacts.normalise import email as as_email
from comity.contacts.normalise import phone as as_phone
from comity.conversations import actions as conversations
from comity.conversations.models import Conversation, Inbox, Status
from comity.core import clock
from comity.core.actor import Actor
from comity.core.refusals import Refusal
from comity.core.text import clean_name
from comity.events.log import record
from comity.events.models import Event

from .locks import lock_visitor

TOKEN_FOR = timedelta(days=90)
GRACE = timedelta(seconds=60)  # for which a replaced token is still good: other tabs hold it
FORGOTTEN_AFTER = timedelta(days=90)  # a visitor who never wrote
MOST_ATTRIBUTES = 20
LONGEST_ADDRESS = 254
SEPARATORS = frozenset('@,;:"()[]\\')  # what would make several of one address


@dataclass(frozen=True, kw_only=True)
class Page:
    """Where somebody is on the site, and what their browser says of them. What the settings switch off stays empty."""

    url: str = ""
    title: str = ""
    referrer: str = ""
    language: str = ""
    zone: str = ""
    user_agent: str = ""
    do_not_track: bool = False


@dataclass(frozen=True, kw_only=True)
class Said:
    """What somebody says of themselves, each a claim; None leaves it as it is."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None
    attributes: dict[str, str] = field(default_factory=dict)


@transaction.atomic
def welcome(*, inbox: Inbox, page: Page, options: WebchatOptions) -> tuple[Visitor, str, datetime]:
    """Make a visitor; returns them with the secret of their token and until when it is good.

    Not in the log: nothing has happened yet, and thousands come who never write.
    """
    now = clock.now()
    visitor = Visitor(inbox=inbox, public=new_name(), first_seen_at=now, last_seen_at=now)
    _note_page(visitor, page, options)
    visitor.save()
    HAS_VISITORS.forget()
    return visitor, *_new_token(visitor)


@transaction.atomic
def rotate(*, token: VisitorToken) -> tuple[str, datetime]:
    """Give a new token for one that is good; the former one is good for a minute more."""
    token = VisitorToken.objects.select_for_update().get(pk=token.pk)
    if token.replaced_at is None:
        token.replaced_at = clock.now()
        token.save(update_fields=["replaced_at"])
    return _new_token(token.visitor)


@transaction.atomic
def sign_out(*, visitor: Visitor) -> None:
    """Make every token of a visitor worthless and end their streams. Their conversations stay with the organisation."""
    live = VisitorToken.objects.filter(visitor=visitor, revoked_at=None)
    if live.update(revoked_at=clock.now()):
        record("visitor.left", subject=visitor.stream, by=actor_of(visitor))


@transaction.atomic
def look(*, visitor: Visitor, page: Page, options: WebchatOptions) -> None:
    """Note which page a visitor is on."""
    visitor = Visitor.objects.select_for_update(no_key=True, of=("self",)).get(pk=visitor.pk)
    _note_page(visitor, page, options)
    visitor.last_seen_at = clock.now()
    visitor.save()


@transaction.atomic
def describe(*, visitor: Visitor, said: Said) -> Visitor:
    """Keep what a visitor says of themselves. The agent sees it as a claim; it opens and shows nothing.

    Raises Refusal for an address or a number that is none.
    """
    visitor = lock_visitor(visitor)
    if said.name is not None:
        visitor.name = clean_name(said.name)
    if said.email is not None and was_denied(visitor, said.email):
        raise Refusal(_("Whoever has this address said that the chat is not theirs."), code="denied", status=422)
    if said.email is not None:
        visitor.email = one_address(said.email) if said.email.strip() else ""
    if said.phone is not None:
        visitor.phone = "" if not said.phone.strip() else _checked(as_phone, said.phone)[:40]
    attributes = visitor.attributes | {clean_name(k, limit=40): clean_name(v) for k, v in said.attributes.items()}
    visitor.attributes = {key: value for key, value in list(attributes.items())[:MOST_ATTRIBUTES] if key and value}
    visitor.save(update_fields=["name", "email", "phone", "attributes"])
    if visitor.identity:
        _claim(visitor, visitor.identity.contact)
    return visitor


def introduce(*, visitor: Visitor) -> Visitor:
    """Make a visitor known as a contact: at their first message, not before. Afterwards nothing happens."""
    return visitor if visitor.identity_id else _introduce(visitor)


@transaction.atomic
def _introduce(stranger: Visitor) -> Visitor:
    among = Visitor.objects.select_for_update(no_key=True, of=("self",)).select_related("identity__contact", "inbox")
    visitor = among.get(pk=stranger.pk)
    if visitor.identity is None:
        by = actor_of(visitor)
        visitor.identity = contacts.recognise(kind="visitor", value=visitor.public, name=visitor.name, by=by)
        visitor.save(update_fields=["identity"])
        _claim(visitor, visitor.identity.contact)
    return visitor


@transaction.atomic
def end_chat(*, visitor: Visitor, conversation: Conversation) -> None:
    """Resolve a conversation that its visitor calls settled. Nothing happens to one that is."""
    conversation = Conversation.objects.select_for_update(no_key=True).get(pk=conversation.pk)
    if conversation.status in (Status.RESOLVED, Status.SPAM):
        return
    by = actor_of(visitor)
    conversations.resolve(conversation=conversation, by=by)
    record("chat.ended", subject=conversation.stream, by=by)


@transaction.atomic
def block(*, visitor: Visitor, by: Actor) -> None:
    """Take nothing more from a visitor."""
    if Visitor.objects.filter(pk=visitor.pk, blocked_at=None).update(blocked_at=clock.now()):
        record("visitor.blocked", subject=visitor.stream, by=by)


@transaction.atomic
def unblock(*, visitor: Visitor, by: Actor) -> None:
    """Let a visitor write again."""
    if Visitor.objects.filter(pk=visitor.pk, blocked_at__isnull=False).update(blocked_at=None):
        record("visitor.unblocked", subject=visitor.stream, by=by)


@transaction.atomic
def tidy() -> int:
    """Forget tokens that are worthless, and visitors who never wrote and have long gone; return how many those are."""
    now = clock.now()
    VisitorToken.objects.filter(Q(expires_at__lt=now) | Q(revoked_at__lt=now) | Q(replaced_at__lt=now - GRACE)).delete()
    silent = Visitor.objects.filter(identity=None, proven_as="", blocked_at=None)
    return silent.filter(last_seen_at__lt=now - FORGOTTEN_AFTER).delete()[1].get("webchat.Visitor", 0)


@transaction.atomic
def forget_visitors(*, inboxes: set[int]) -> list[int]:
    """Remove the visitors of inboxes that never were real; return who is gone."""
    rows = Visitor.objects.filter(inbox__in=inboxes)
    gone = list(rows.values_list("pk", flat=True))
    rows.delete()
    return gone


def actor_of(visitor: Visitor) -> Actor:
    """Return a visitor as somebody who acts: the contact that they are, or the visitor that nobody knows yet."""
    if visitor.identity:
        return Actor("contact", str(visitor.identity.contact_id))
    return Actor("visitor", str(visitor.pk))


def _new_token(visitor: Visitor) -> tuple[str, datetime]:
    secret, now = new_secret(), clock.now()
    VisitorToken.objects.create(visitor=visitor, digest=digest(secret), made_at=now, expires_at=now + TOKEN_FOR)
    return secret, now + TOKEN_FOR


def _note_page(visitor: Visitor, page: Page, options: WebchatOptions) -> None:
    """Who asks not to be tracked is asked for nothing but the language in which to answer."""
    visitor.do_not_track = page.do_not_track
    visitor.language = page.language[:20] or visitor.language
    tracked = not page.do_not_track
    if options.page_shown and tracked:
        visitor.page_url = page.url[:1000] or visitor.page_url
        visitor.page_title = clean_name(page.title) or visitor.page_title
    if options.referrer_shown and tracked:
        visitor.referrer = page.referrer[:1000] or visitor.referrer
    if options.device_shown and tracked:
        visitor.zone = page.zone[:64] or visitor.zone
        visitor.user_agent = page.user_agent[:300] or visitor.user_agent


def _claim(visitor: Visitor, contact: Contact) -> None:
    by = actor_of(visitor)
    if visitor.name and not contact.is_named:
        contacts.update(contact=contact, changes={"name": visitor.name}, by=by)
    for kind, value in (("email", visitor.email), ("phone", visitor.phone)):
        if value:
            contacts.claim(contact=contact, kind=kind, value=value, by=by)


def _checked(normalise: object, value: str) -> str:
    normalise(value)  # type: ignore[operator]
    return value.strip()


def was_denied(visitor: Visitor, text: str) -> bool:
    """Has whoever has this address said that the chat is not theirs?"""
    denied = Event.objects.filter(subject=visitor.stream, type="visitor.denied")
    return any(row.data.get("address") == digest_of(text) for row in denied[:MOST_ATTRIBUTES])


def digest_of(text: str) -> str:
    """Return by what an address is known that was denied; the log names nobody."""
    try:
        return digest(as_email(text))
    except Refusal:
        return ""


def one_address(text: str) -> str:
    """Return an address to which a mail may go: one, and nothing besides. Raises Refusal."""
    address = text.strip()
    as_email(address)
    if len(address) > LONGEST_ADDRESS or SEPARATORS & set(address.rpartition("@")[0]):
        raise Refusal(_("Give one e-mail address, such as anna@example.org."), code="identity", status=422)
    return address
