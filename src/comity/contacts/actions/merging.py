"""Two contacts become one, and two again when that was wrong."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, Model, OuterRef, QuerySet
from django.utils.translation import gettext as _

from comity.contacts import fields, queries
from comity.contacts.models import (
    BY_MERGE,
    Claim,
    Consent,
    Contact,
    ContactNote,
    Identity,
    MergeRecord,
    Tagging,
)
from comity.contacts.ports import MERGED
from comity.core import clock
from comity.core.refusals import Refusal
from comity.events.log import Actor, record

from .consent import add_line
from .locks import lock_contact, lock_identities

OF_CONTACT: tuple[tuple[str, type[Model]], ...] = (
    ("notes", ContactNote),
    ("taggings", Tagging),
    ("consents", Consent),
    ("claims", Claim),
)


@transaction.atomic
def merge(*, source: Contact, into: Contact, by: Actor, choices: Mapping[str, str] | None = None) -> MergeRecord:
    """Make two contacts one: everything of `source` goes to `into`, and what went is written down.

    `choices` names for a field in which they differ whose value wins, "source" or "into"; where nobody chose, the
    one that has something does. Raises Refusal when they are the same or one was merged already.
    """
    if source.pk == into.pk:
        raise Refusal(_("This is one and the same customer."))
    list(lock_identities(contact__in=[source.pk, into.pk]))
    locked = {one.pk: lock_contact(one) for one in sorted((source, into), key=lambda one: one.pk)}
    source, into = locked[source.pk], locked[into.pk]
    made = MergeRecord(source=source, into=into, at=clock.now(), by_kind=by.kind, by_id=by.id)
    made.moved = {"consents_made": _stricter_consents(source, into, by), **_move_identities(source, into)}
    made.moved |= {name: _move(_movable(model, source, into), into) for name, model in OF_CONTACT}
    made.values = _take_values(source, into, choices or {})
    into.version += 1
    into.save()
    source.merged_into = into
    source.version += 1
    source.save(update_fields=["merged_into", "version"])
    made.moved["elsewhere"] = {room.name: room.move(source=source.pk, into=into.pk) for room in MERGED.all()}
    made.save()
    record("contact.merged", subject=into.stream, by=by, source=source.pk, into=into.pk, merge=made.pk)
    return made


@transaction.atomic
def undo_merge(*, merge: MergeRecord, by: Actor) -> Contact:
    """Make two contacts of one again. What came by the source's identities since then goes back with them.

    Raises Refusal when it is undone already, or when `into` was itself merged away since: that is undone first.
    """
    list(lock_identities(contact=merge.into_id))
    both = Contact.objects.select_for_update(no_key=True).filter(pk__in=[merge.source_id, merge.into_id])
    source, into = sorted(both.order_by("pk"), key=lambda one: one.pk == merge.into_id)
    merge = MergeRecord.objects.select_for_update().get(pk=merge.pk)
    if merge.undone_at:
        raise Refusal(_("This merge has been undone already."), code="undone")
    if into.merged_into:
        raise Refusal(
            _("%(name)s has since been merged into %(other)s. Undo that merge first.")
            % {"name": into.name, "other": into.merged_into.name},
            code="undo_later_first",
        )
    source.merged_into = None
    source.version += 1
    source.save(update_fields=["merged_into", "version"])
    identities = _return_identities(merge)
    _keep_withdrawals(merge, source)
    Consent.objects.filter(pk__in=merge.moved["consents_made"]).delete()
    tags = set(Tagging.objects.filter(pk__in=merge.moved["taggings"]).values_list("tag", flat=True))
    for name, model in OF_CONTACT:
        _move(model._default_manager.filter(pk__in=merge.moved[name], contact=into), source)
    _adopt_tags(tags, into)
    _give_back_values(merge, into)
    into.version += 1
    into.save()
    for room in MERGED.all():
        moved = merge.moved["elsewhere"].get(room.name, [])
        room.undo(source=source.pk, into=into.pk, moved=moved, identities=identities)
    merge.undone_at = clock.now()
    merge.save(update_fields=["undone_at"])
    record("contact.unmerged", subject=into.stream, by=by, source=source.pk, into=into.pk, merge=merge.pk)
    return source


def _move_identities(source: Contact, into: Contact) -> dict[str, list[int]]:
    theirs = Identity.objects.filter(contact=source)
    identities = list(theirs.order_by("pk").values_list("pk", flat=True))
    primaries = list(theirs.filter(is_primary=True).order_by("pk").values_list("pk", flat=True))
    taken = Identity.objects.filter(contact=into, is_primary=True).values_list("kind", flat=True)
    theirs.filter(kind__in=list(taken)).update(is_primary=False)
    theirs.update(contact=into)
    return {"identities": identities, "primaries": primaries}


def _return_identities(merge: MergeRecord) -> list[int]:
    """Give the source its identities back, without those that were taken away in the meantime; return their ids."""
    going = Identity.objects.filter(pk__in=merge.moved["identities"], contact=merge.into_id)
    identities = list(going.order_by("pk").values_list("pk", flat=True))
    Identity.objects.filter(pk__in=identities).update(is_primary=False)
    Identity.objects.filter(pk__in=identities).update(contact=merge.source_id)
    back = Identity.objects.filter(pk__in=identities)
    back.filter(pk__in=merge.moved["primaries"]).update(is_primary=True)
    for contact_id in (merge.source_id, merge.into_id):
        _fill_primaries(contact_id)
    return identities


def _fill_primaries(contact_id: int) -> None:
    has_primary: set[str] = set()
    for identity in Identity.objects.filter(contact=contact_id).order_by("-is_primary", "pk"):
        if identity.kind not in has_primary and not identity.is_primary:
            Identity.objects.filter(pk=identity.pk).update(is_primary=True)
        has_primary.add(identity.kind)


def _movable(model: type[Model], source: Contact, into: Contact) -> QuerySet[Any]:
    """Return the source's rows, without those of which `into` has its own: they rest with the source."""
    rows = model._default_manager.filter(contact=source)
    if model is Tagging:
        return rows.exclude(tag__in=Tagging.objects.filter(contact=into).values("tag"))
    if model is Claim:
        ours = Claim.objects.filter(contact=into, kind=OuterRef("kind"), value=OuterRef("value"))
        return rows.exclude(Exists(ours))
    return rows


def _move(rows: QuerySet[Any], to: Contact) -> list[int]:
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    rows.model._default_manager.filter(pk__in=ids).update(contact=to)
    return ids


def _adopt_tags(tags: set[int], into: Contact) -> None:
    """A tag that went back may also be one that somebody else brought who is still merged into the same contact."""
    for other in MergeRecord.objects.filter(into=into, undone_at=None, source__merged_into=into).order_by("pk"):
        theirs = Tagging.objects.filter(contact=other.source_id, tag__in=tags)
        adopted = _move(theirs.exclude(tag__in=Tagging.objects.filter(contact=into).values("tag")), into)
        if adopted:
            other.moved["taggings"] += adopted
            other.save(update_fields=["moved"])


def _stricter_consents(source: Contact, into: Contact, by: Actor) -> list[int]:
    """Where the two disagree, no stays no: add a line that says so. Returns the ids of the new lines."""
    theirs, ours = queries.newest_consents(source.pk), queries.newest_consents(into.pk)
    disputed = [
        key
        for key in theirs.keys() & ours.keys()
        if theirs[key].is_granted != ours[key].is_granted and max(theirs[key], ours[key], key=_age).is_granted
    ]
    return [
        add_line(into, purpose=purpose, channel=channel, is_granted=False, evidence=BY_MERGE, by=by).pk
        for purpose, channel in sorted(disputed)
    ]


def _age(line: Consent) -> tuple[datetime, int]:
    return line.at, line.pk


def _keep_withdrawals(merge: MergeRecord, source: Contact) -> None:
    """Whoever said no while the two were one said it for both, as far as we know."""
    records = [merge, *MergeRecord.objects.filter(into=merge.into_id, pk__gt=merge.pk)]
    known = [pk for one in records for pk in (*one.moved["consents"], *one.moved["consents_made"])]
    since = Consent.objects.filter(contact=merge.into_id, at__gte=merge.at).exclude(pk__in=known)
    newest = {(line.purpose, line.channel): line for line in since.order_by("at", "pk")}
    for line in newest.values():
        if not line.is_granted:
            line.pk, line.contact, line._state.adding = None, source, True
            line.save()


def _take_values(source: Contact, into: Contact, choices: Mapping[str, str]) -> dict[str, Any]:
    taken = {}
    for field, value, mine, source_wins in fields.differing(source, into):
        if choices.get(field, "source" if source_wins else "into") == "source":
            fields.put(into, field, value)
            taken[field] = {"before": mine, "after": value}
    return taken


def _give_back_values(merge: MergeRecord, into: Contact) -> None:
    """Put back what the merge changed, where nobody has changed it since.

    Where a later merge built on our value, its memory of what was before is mended instead.
    """
    later = list(MergeRecord.objects.filter(into=into, undone_at=None, pk__gt=merge.pk).order_by("pk"))
    now = fields.values_of(into)
    for field, change in merge.values.items():
        builder = next((one for one in later if field in one.values), None)
        if builder is None:
            if now.get(field) == change["after"]:
                fields.put(into, field, change["before"])
        elif builder.values[field]["before"] == change["after"]:
            builder.values[field]["before"] = change["before"]
            builder.save(update_fields=["values"])
