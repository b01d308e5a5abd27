"""A site proves who its visitor is."""

from django.db import transaction
from django.utils.translation import gettext as _

from comity.connectors.webchat.models import Visitor
from comity.connectors.webchat.proof import Proof
from comity.contacts import actions as contacts
from comity.contacts.models import Contact, Identity, Trust
from comity.contacts.normalise import email as as_email
from comity.core.actor import Actor
from comity.core.refusals import Refusal
from comity.core.text import clean_name
from comity.events.log import record

from .locks import lock_visitor
from .visitors import one_address

HOW = "channel"


@transaction.atomic
def identify(*, visitor: Visitor, proof: Proof, by: Actor) -> Visitor:
    """Note that a visitor is a customer of the site: what they wrote so far is that customer's, and they see its chats.

    Raises Refusal with the code "someone_else" for a browser that is another customer's: it must sign out first.
    """
    visitor = lock_visitor(visitor)
    if visitor.proven_as and visitor.proven_as != proof.user_id:
        raise _someone_else()
    customer = _customer(visitor, proof, by)
    if visitor.identity is None:
        visitor.identity = contacts.add_identity(
            contact=customer, kind="visitor", value=visitor.public, by=by, trust=Trust.PROVEN, how=HOW
        )
    elif visitor.identity.contact_id != customer.pk:
        join(visitor.identity, customer, by)
    if visitor.identity.trust != Trust.PROVEN:
        visitor.identity = contacts.prove(identity=visitor.identity, how=HOW, by=by)
    _learn(visitor, Contact.objects.get(pk=customer.pk), proof, by)
    is_new = not visitor.proven_as
    visitor.proven_as = proof.user_id
    visitor.save(update_fields=["identity", "proven_as", "name", "email"])
    if is_new:
        record("visitor.proven", subject=visitor.stream, by=by, contact=customer.pk)
    return Visitor.objects.select_related("inbox__brand", "identity__contact").get(pk=visitor.pk)


def external_value(inbox_id: int, user_id: str) -> str:
    """Return by what a site's customer is known: numbers of two sites are not one another's."""
    return f"{user_id} · chat {inbox_id}"


def _customer(visitor: Visitor, proof: Proof, by: Actor) -> Contact:
    """Find the customer by the site's number, by an address that the site checked, or make them."""
    value = external_value(visitor.inbox_id, proof.user_id)
    known = Identity.objects.filter(kind="external", value=value).select_related("contact").first()
    if known:
        return known.contact
    by_address = _by_address(proof)
    if by_address:
        contacts.add_identity(contact=by_address, kind="external", value=value, by=by, trust=Trust.PROVEN, how=HOW)
        return by_address
    if visitor.identity and _is_nobody_else(visitor.identity):
        contact = visitor.identity.contact
        contacts.add_identity(contact=contact, kind="external", value=value, by=by, trust=Trust.PROVEN, how=HOW)
        return contact
    name = clean_name(proof.name) or visitor.name
    return contacts.recognise(kind="external", value=value, name=name, by=by, trust=Trust.PROVEN, how=HOW).contact


def _by_address(proof: Proof) -> Contact | None:
    if not proof.email_is_verified:
        return None
    try:
        address = as_email(proof.email)
    except Refusal:
        return None
    found = Identity.objects.filter(kind="email", value=address).select_related("contact").first()
    return found.contact if found else None


def join(identity: Identity, customer: Contact, by: Actor) -> None:
    """Give what an unknown visitor wrote to the customer that they turned out to be."""
    if not _is_nobody_else(identity):
        raise _someone_else()
    contacts.merge(source=identity.contact, into=customer, by=by)
    identity.refresh_from_db()


def _is_nobody_else(identity: Identity) -> bool:
    """Is the visitor's contact nothing but this visitor? One that agents made somebody of is not given away."""
    return not Identity.objects.filter(contact=identity.contact_id).exclude(pk=identity.pk).exists()


def _learn(visitor: Visitor, customer: Contact, proof: Proof, by: Actor) -> None:
    if name := clean_name(proof.name):
        visitor.name = name
        if not customer.is_named:
            contacts.update(contact=customer, changes={"name": name}, by=by)
    try:
        given = one_address(proof.email)
    except Refusal:
        return
    address, visitor.email = as_email(given), given
    owner = Identity.objects.filter(kind="email", value=address).first()
    if owner is None and proof.email_is_verified:
        contacts.add_identity(contact=customer, kind="email", value=address, by=by, trust=Trust.PROVEN, how=HOW)
    elif owner is None or owner.contact_id != customer.pk:
        contacts.claim(contact=customer, kind="email", value=address, by=by)


def _someone_else() -> Refusal:
    words = _("This browser’s chat belongs to somebody else. Sign out of the chat first, then begin a new one.")
    return Refusal(words, code="someone_else")
