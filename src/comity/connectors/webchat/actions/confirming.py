"""A visitor proves the address that they gave, by a link in a mail to it."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from comity.accounts.actions import mail
from comity.connectors.webchat.keys import confirmation
from comity.connectors.webchat.models import Visitor
from comity.contacts import actions as contacts
from comity.contacts.models import Claim, ClaimState, Identity, Trust
from comity.contacts.normalise import email as as_email
from comity.core import clock
from comity.core.actor import Actor
from comity.core.refusals import Refusal
from comity.events.log import record

from .locks import lock_visitor
from .mailing import write_mail
from .proving import join
from .visitors import actor_of, digest_of

GOOD_FOR = timedelta(days=3)
HOW = "code"


def confirmation_link(visitor: Visitor) -> str:
    """Return the address at which whoever reads the mail says that the chat is theirs; good for three days."""
    word = confirmation(visitor.pk, visitor.email, clock.now() + GOOD_FOR)
    return settings.URL.geturl() + reverse("chat_confirm", args=[word])


@transaction.atomic
def ask_to_confirm(*, visitor: Visitor) -> None:
    """Send a visitor the link to the address that they gave. Raises Refusal without an address, or a mail server."""
    if not visitor.email:
        raise Refusal(_("Give your e-mail address first."), code="no_address", status=422)
    if not mail.is_set_up():
        raise Refusal(_("Mail can’t be sent from here yet."), code="no_mail")
    brand = visitor.inbox.brand.name if visitor.inbox.brand else visitor.inbox.name
    with translation.override(visitor.language or None):
        subject = _("Is this your chat with %(brand)s?") % {"brand": brand}
        words = _("You, or somebody who gave your address, chats with %(brand)s. If it is you, say so here:")
        text = "\n\n".join([words % {"brand": brand}, confirmation_link(visitor), _("If it is not you, do nothing.")])
    write_mail(visitor=visitor, to=visitor.email, subject=subject, text=text)


@transaction.atomic
def confirm(*, visitor: Visitor, email: str) -> Visitor:
    """Make a visitor the person whose address it is. Raises Refusal when they gave another one since, or are known."""
    visitor = lock_visitor(visitor)
    if visitor.email != email:
        raise Refusal(_("This chat has another address by now. Use the link of the newest mail."), code="other_address")
    if visitor.confirmed_at:
        return visitor
    by = actor_of(visitor)
    owner = Identity.objects.filter(kind="email", value=as_email(email)).select_related("contact").first()
    if visitor.identity is None:
        owner = owner or contacts.recognise(kind="email", value=email, name=visitor.name, by=by)
        visitor.identity = contacts.add_identity(
            contact=owner.contact, kind="visitor", value=visitor.public, by=by, trust=Trust.PROVEN, how=HOW
        )
    elif owner is None:
        owner = contacts.add_identity(contact=visitor.identity.contact, kind="email", value=email, by=by)
    elif visitor.identity.contact_id != owner.contact_id:
        join(visitor.identity, owner.contact, by)
    contacts.prove(identity=owner, how=HOW, by=by)
    visitor.identity = contacts.prove(identity=visitor.identity, how=HOW, by=by)
    Claim.objects.filter(contact=visitor.identity.contact_id, kind="email", value=owner.value).update(
        state=ClaimState.ACCEPTED
    )
    visitor.confirmed_at = clock.now()
    visitor.save(update_fields=["identity", "confirmed_at"])
    record("visitor.proven", subject=visitor.stream, by=by, contact=visitor.identity.contact_id)
    return visitor


@transaction.atomic
def deny(*, visitor: Visitor, email: str) -> None:
    """Take an address off a chat, when whoever has it says that the chat is not theirs: no further mail goes there."""
    visitor = Visitor.objects.select_for_update(no_key=True).get(pk=visitor.pk)
    if visitor.email == email and visitor.confirmed_at is None:
        visitor.email = ""
        visitor.save(update_fields=["email"])
        record("visitor.denied", subject=visitor.stream, by=Actor("system", "webchat"), address=digest_of(email))
