"""Inboxes: made, changed, switched off."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from comity.accounts.models import Brand, Team
from comity.conversations.models import Inbox
from comity.core import clock
from comity.core.actor import Actor
from comity.core.refusals import Refusal, Stale
from comity.events.log import record


@transaction.atomic
def create_inbox(
    *,
    name: str,
    channel: str,
    by: Actor,
    address: str = "",
    aliases: list[str] | None = None,
    team: Team | None = None,
    brand: Brand | None = None,
    language: str = "",
    is_demo: bool = False,
) -> Inbox:
    """Add an inbox. Raises Refusal when another one of the channel has one of its addresses."""
    address, aliases = address.strip().casefold(), _addresses(aliases)
    _refuse_taken(channel, [address, *aliases], besides=None)
    inbox = Inbox.objects.create(
        name=name,
        channel=channel,
        address=address,
        aliases=aliases,
        team=team,
        brand=brand,
        language=language,
        is_demo=is_demo,
        created_at=clock.now(),
    )
    record("inbox.created", subject=inbox.stream, by=by, channel=channel)
    return inbox


@transaction.atomic
def update_inbox(*, inbox: Inbox, version: int, by: Actor, **values: Any) -> Inbox:
    """Change name, address, aliases, team, brand or language. Raises Stale when somebody else changed it meanwhile."""
    inbox = Inbox.objects.select_for_update().get(pk=inbox.pk)
    if inbox.version != version:
        raise Stale(_("Somebody else changed this inbox in the meantime. Look at it again; nothing was overwritten."))
    if "aliases" in values:
        values["aliases"] = _addresses(values["aliases"])
    if "address" in values:
        values["address"] = values["address"].strip().casefold()
    for field, value in values.items():
        setattr(inbox, field, value)
    _refuse_taken(inbox.channel, list(inbox.own_addresses), besides=inbox)
    inbox.version += 1
    inbox.save(update_fields=[*values, "version"])
    record("inbox.updated", subject=inbox.stream, by=by, fields=sorted(values))
    return inbox


@transaction.atomic
def set_inbox_active(*, inbox: Inbox, is_active: bool, by: Actor) -> Inbox:
    """Switch an inbox off, or on again. Its conversations stay."""
    inbox = Inbox.objects.select_for_update().get(pk=inbox.pk)
    if inbox.is_active != is_active:
        inbox.is_active = is_active
        inbox.version += 1
        inbox.save(update_fields=["is_active", "version"])
        record("inbox.switched_on" if is_active else "inbox.switched_off", subject=inbox.stream, by=by)
    return inbox


def _addresses(given: list[str] | None) -> list[str]:
    return sorted({address.strip().casefold() for address in given or [] if address.strip()})


def _refuse_taken(channel: str, addresses: list[str], *, besides: Inbox | None) -> None:
    wanted = {address for address in addresses if address}
    others = Inbox.objects.filter(channel=channel)
    for other in others.exclude(pk=besides.pk) if besides else others:
        if taken := wanted & set(other.own_addresses):
            values = {"name": other.name, "address": sorted(taken)[0]}
            raise Refusal(_("The inbox “%(name)s” already has the address %(address)s.") % values)
