"""By what contacts are known, and how sure that is."""

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from comity.contacts import normalise
from comity.contacts.kinds import UNCHECKED, kind_of, normalised
from comity.contacts.models import Claim, ClaimState, Contact, Identity, Trust
from comity.core import clock
from comity.core.refusals import Refusal
from comity.core.rows import add_row, delete_row, find_row, get_row, insert_row, new_row
from comity.core.text import clean_name
from comity.events.log import Actor, record

from .locks import lock_contact, lock_identities


def recognise(
    *,
    kind: str,
    value: str,
    by: Actor,
    trust: str = Trust.OBSERVED,
    name: str = "",
    how: str = "",
    check_failed: bool = False,
) -> Identity:
    """Find who uses this identity, or make a contact with it; two at once get the same one.

    What is only claimed, or came with a failed sender check where the identity is proven, opens nobody's history: it
    gets a contact of its own and the agent a suggestion. `how` says what proved it. Raises Refusal for a value that
    is none of that kind.
    """
    known = normalised(kind, value)
    with transaction.atomic(savepoint=False):  # it runs for each address of each message; what refuses has done so
        return _recognise(kind, value, known, by, trust, name, how, check_failed)


def _recognise(
    kind: str, value: str, known: str, by: Actor, trust: str, name: str, how: str, check_failed: bool
) -> Identity:
    identity = None if trust == Trust.CLAIMED else _known(kind, known)
    if trust == Trust.CLAIMED or (check_failed and identity and identity.opens_history):
        kind, trust = kind.removesuffix(UNCHECKED) + UNCHECKED, Trust.CLAIMED
        identity = lock_identities(kind=kind, value=known).first()
    if identity is None:
        new = _introduce(kind=kind, known=known, shown=value, trust=trust, name=name, how=how, by=by)
        if new:
            return new
        identity = lock_identities(kind=kind, value=known).get()
    _learn(identity, name=name, trust=trust, how=how, by=by)
    return identity


@transaction.atomic
def add_identity(
    *, contact: Contact, kind: str, value: str, by: Actor, trust: str = Trust.CLAIMED, how: str = ""
) -> Identity:
    """Note that a contact is known by something too. Raises Refusal when it is somebody else's."""
    known = normalised(kind, value)
    contact = lock_contact(contact)
    identity, is_new = Identity.objects.get_or_create(
        kind=kind,
        value=known,
        defaults=_first_values(contact, kind=kind, known=known, shown=value, trust=trust, how=how),
    )
    if identity.contact_id != contact.pk:
        raise Refusal(
            _("%(value)s already belongs to %(name)s. If they are one person, merge them.")
            % {"value": identity.shown, "name": identity.contact.name},
            code="identity_taken",
        )
    if is_new:
        record("identity.added", subject=contact.stream, by=by, identity=identity.pk, kind=kind, trust=trust)
    return identity


@transaction.atomic
def prove(*, identity: Identity, how: str, by: Actor) -> Identity:
    """Raise an identity's trust to proven and keep how that came about; once proven it stays as it was proven."""
    identity = lock_identities(pk=identity.pk).get()
    if identity.is_unchecked:
        raise Refusal(_("The sender check of this address failed. Merge the two customers if they are one person."))
    _prove(identity, how=how, by=by)
    return identity


@transaction.atomic
def make_primary(*, identity: Identity, by: Actor) -> Identity:
    """Choose the identity of its kind that is written to first."""
    theirs = lock_identities(contact=identity.contact_id, kind=identity.kind)
    identity = next(one for one in theirs if one.pk == identity.pk)
    if not identity.is_primary:
        Identity.objects.filter(contact=identity.contact_id, kind=identity.kind).update(is_primary=False)
        identity.is_primary = True
        identity.save(update_fields=["is_primary"])
        record("identity.preferred", subject=identity.contact.stream, by=by, identity=identity.pk)
    return identity


@transaction.atomic
def remove_identity(*, identity: Identity, by: Actor) -> None:
    """Take an identity away. Raises Refusal when messages hang on it."""
    theirs = list(lock_identities(contact=identity.contact_id, kind=identity.kind))
    contact = identity.contact
    identity_id = identity.pk
    was_primary = any(one.is_primary for one in theirs if one.pk == identity_id)
    try:
        identity.delete()
    except ProtectedError:
        raise Refusal(_("Messages came and went through %(value)s, so it stays.") % {"value": identity.shown}) from None
    others = [one for one in theirs if one.pk != identity_id]
    if was_primary and others:
        Identity.objects.filter(pk=min(one.pk for one in others)).update(is_primary=True)
    record("identity.removed", subject=contact.stream, by=by, identity=identity_id)


@transaction.atomic
def claim(*, contact: Contact, kind: str, value: str, by: Actor) -> Claim | None:
    """Keep what somebody says of themselves as a suggestion to the agent; None when it is already theirs.

    Nothing is attached and nothing opened, whoever it may belong to. Raises Refusal for a value of no such kind.
    """
    known = normalised(kind, value)
    contact = lock_contact(contact)
    if Identity.objects.filter(contact=contact, kind=kind, value=known).exists():
        return None
    made, is_new = Claim.objects.get_or_create(
        contact=contact,
        kind=kind,
        value=known,
        defaults={"shown": _shown(value), "made_at": clock.now()},
    )
    if is_new:
        record("identity.claimed", subject=contact.stream, by=by, claim=made.pk, kind=kind)
    return made


@transaction.atomic
def decide_claim(*, claim: Claim, accept: bool, by: Actor) -> Claim:
    """Attach what somebody claimed, as claimed, or set the suggestion aside.

    Raises Refusal when it is decided already, or belongs to another contact: that is a merge.
    """
    contact = lock_contact(claim.contact)
    claim = Claim.objects.get(pk=claim.pk)
    if claim.state != ClaimState.OPEN:
        raise Refusal(_("Somebody has already decided about %(value)s.") % {"value": claim.shown})
    if accept:
        add_identity(contact=contact, kind=claim.kind, value=claim.shown, by=by)
    claim.state = ClaimState.ACCEPTED if accept else ClaimState.DISMISSED
    claim.save(update_fields=["state"])
    record("identity.claim_decided", subject=contact.stream, by=by, claim=claim.pk, accepted=accept)
    return claim


def _known(kind: str, known: str) -> Identity | None:
    """Keep an identity from being merged, and read its contact after it, unlocked; who changes that one reads it anew.

    The lock is shared: a message of somebody and a reply to them hold other rows that the other one waits for.
    """
    identity = find_row(Identity, lock="SHARE", kind=kind, value=known)
    if identity:
        identity.contact = get_row(Contact, identity.contact_id)
    return identity


def _introduce(*, kind: str, known: str, shown: str, trust: str, name: str, how: str, by: Actor) -> Identity | None:
    """Make a contact with this identity. None when somebody else has just recognised the same one."""
    given = clean_name(name)
    shown_name = given or clean_name(kind_of(kind).called(shown)) or known
    contact = new_row(
        Contact,
        name=shown_name,
        folded=normalise.folded(shown_name),
        is_named=bool(given),
        created_at=clock.now(),
    )
    insert_row(contact)
    values = _first_values(contact, kind=kind, known=known, shown=shown, trust=trust, how=how, is_new=True)
    identity = new_row(Identity, kind=kind, value=known, **values)
    if not add_row(identity):
        delete_row(contact)
        return None
    record("contact.created", subject=contact.stream, by=by, identity=identity.pk)
    if identity.is_unchecked:
        claim(contact=contact, kind=kind.removesuffix(UNCHECKED), value=shown, by=by)
    return identity


def _learn(identity: Identity, *, name: str, trust: str, how: str, by: Actor) -> None:
    if trust == Trust.PROVEN and not identity.opens_history:
        _prove(identity, how=how, by=by)
    given = clean_name(name)
    if given and not identity.contact.is_named:
        contact = lock_contact(identity.contact)
        contact.name, contact.folded, contact.is_named = given, normalise.folded(given), True
        contact.version += 1
        contact.save(update_fields=["name", "folded", "is_named", "version"])
        identity.contact = contact
        record("contact.updated", subject=contact.stream, by=by, fields=["name"])


def _prove(identity: Identity, *, how: str, by: Actor) -> None:
    if identity.trust == Trust.PROVEN:
        return
    identity.trust, identity.proven_how, identity.proven_at = Trust.PROVEN, how, clock.now()
    identity.save(update_fields=["trust", "proven_how", "proven_at"])
    record("identity.proven", subject=f"contact:{identity.contact_id}", by=by, identity=identity.pk, how=how)


def _first_values(
    contact: Contact, *, kind: str, known: str, shown: str, trust: str, how: str, is_new: bool = False
) -> dict[str, object]:
    is_proven = trust == Trust.PROVEN
    return {
        "contact": contact,
        "shown": _shown(shown),
        "stem": normalise.stem(kind.removesuffix(UNCHECKED), known),
        "trust": trust,
        "proven_how": how if is_proven else "",
        "proven_at": clock.now() if is_proven else None,
        "is_primary": is_new or not Identity.objects.filter(contact=contact, kind=kind, is_primary=True).exists(),
        "created_at": clock.now(),
    }


def _shown(value: str) -> str:
    return clean_name(value, limit=normalise.LONGEST)
