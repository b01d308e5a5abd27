"""Who else may be the same person, and why we think so."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext as _

from comity.accounts.user import User
from comity.contacts.kinds import UNCHECKED
from comity.contacts.models import Claim, ClaimState, Contact, Identity, NotSame

from .people import visible_to

MOST = 5
LOOKED_AT = 60  # candidates of one reason; a common name has thousands
SHARED = frozenset(
    [
        "admin",
        "billing",
        "contact",
        "desk",
        "hello",
        "help",
        "hi",
        "info",
        "kontakt",
        "mail",
        "marketing",
        "no-reply",
        "noreply",
        "office",
        "orders",
        "post",
        "sales",
        "service",
        "support",
        "team",
    ]
)


@dataclass(frozen=True)
class Suggestion:
    """Another contact, with the reason in words; the strongest reason has the highest weight."""

    contact: Contact
    reason: str
    weight: int


def duplicates(contact: Contact, *, user: User) -> list[Suggestion]:
    """Return the likeliest few, without those that somebody found to be others. Eight queries at most."""
    best: dict[int, tuple[int, str]] = {}
    identities = list(Identity.objects.filter(contact=contact).order_by("pk")[:20])
    for candidate, weight, reason in (
        *_by_claim(contact, identities),
        *_by_identity(contact, identities),
        *_by_name(contact),
    ):
        if weight > best.get(candidate, (0, ""))[0]:
            best[candidate] = (weight, reason)
    for pair in NotSame.objects.filter(Q(first=contact) | Q(second=contact)).values_list("first", "second"):
        best.pop(pair[0] if pair[1] == contact.pk else pair[1], None)
    seen = visible_to(user).filter(pk__in=best, merged_into=None).exclude(pk=contact.pk)
    found = [Suggestion(one, best[one.pk][1], best[one.pk][0]) for one in seen]
    return sorted(found, key=lambda one: (-one.weight, one.contact.pk))[:MOST]


def _by_claim(contact: Contact, identities: list[Identity]) -> Iterator[tuple[int, int, str]]:
    imitates = Identity.objects.filter(
        contact=OuterRef("contact"), kind=Concat(OuterRef("kind"), Value(UNCHECKED)), value=OuterRef("value")
    )
    open_claims = Claim.objects.filter(state=ClaimState.OPEN).annotate(has_failed=Exists(imitates))
    claims = list(open_claims.filter(contact=contact)[:20])
    owners = Identity.objects.filter(_any_of(claims)) if claims else ()
    owned = {(one.kind, one.value): one.contact_id for one in owners}
    for claim in claims:
        if owner := owned.get((claim.kind, claim.value)):
            yield owner, 90, _said(claim)
    if identities:
        for claim in open_claims.filter(_any_of(identities))[:LOOKED_AT]:
            yield claim.contact_id, 90, _said(claim)


def _said(claim: Any) -> str:
    words = _("Writes as %(value)s, but the sender check failed") if claim.has_failed else _("Says they are %(value)s")
    return words % {"value": claim.shown}


def _any_of(named: Sequence[Any]) -> Q:
    """Match the kind and value of any of these."""
    condition = Q()
    for one in named:
        condition |= Q(kind=one.kind, value=one.value)
    return condition


def _by_identity(contact: Contact, identities: list[Identity]) -> Iterator[tuple[int, int, str]]:
    ours = [one for one in identities if one.stem not in SHARED and len(one.stem) > 2]
    theirs = Identity.objects.filter(stem__in={one.stem for one in ours}).exclude(contact=contact)
    for other in theirs.order_by("-pk")[:LOOKED_AT] if ours else ():
        for one in ours:
            if one.stem != other.stem:
                continue
            if one.value == other.value and one.kind != other.kind:
                yield other.contact_id, 80, _("Uses %(value)s as well") % {"value": other.shown}
            elif "@" in one.value and _are_near(one.value, other.value):
                yield other.contact_id, 60, _("Has a similar address, %(value)s") % {"value": other.shown}
            elif "@" not in one.value + other.value and one.stem.isdigit() and len(one.stem) == 8:
                yield other.contact_id, 70, _("Has a number that ends alike, %(value)s") % {"value": other.shown}


def _are_near(one: str, other: str) -> bool:
    """Do two addresses differ only in a typing mistake, a sub-domain or the ending of the domain?"""
    first, second = one.rpartition("@")[2], other.rpartition("@")[2]
    if first == second or not (first and second):
        return False
    names = [(domain.split(".")[-2:] or [""])[0] for domain in (first, second)]
    return (names[0] == names[1] and len(names[0]) > 3) or _is_one_slip(first, second)


def _is_one_slip(first: str, second: str) -> bool:
    """Is one letter added, left out, wrong, or swapped with its neighbour?"""
    short, long = sorted((first, second), key=len)
    at = next((index for index, letter in enumerate(short) if letter != long[index]), len(short))
    if len(long) - len(short) == 1:
        return short[at:] == long[at + 1 :]
    swapped = short[at : at + 2][::-1] == long[at : at + 2] and short[at + 2 :] == long[at + 2 :]
    return len(long) == len(short) and (swapped or short[at + 1 :] == long[at + 1 :])


def _by_name(contact: Contact) -> Iterator[tuple[int, int, str]]:
    if not contact.is_named:
        return
    same = Contact.objects.filter(folded=contact.folded, merged_into=None).exclude(pk=contact.pk)
    for other in same.order_by("-pk").values_list("pk", "company")[:LOOKED_AT]:
        if contact.company_id and other[1] == contact.company_id:
            yield other[0], 75, _("Same name at the same company")
        elif " " in contact.folded:
            yield other[0], 40, _("Same name")
