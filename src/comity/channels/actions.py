"""What the channel frame writes: arrivals and the health of inboxes."""

import hashlib
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.db import transaction

from comity.conversations.models import Inbox, Message
from comity.core import clock
from comity.core.actor import Actor
from comity.core.rows import add_row, find_row, new_row, update_row
from comity.events.log import cancel_timer, record, set_timer
from comity.files import actions as files
from comity.files import queries as stored

from .contract import Finding
from .models import InboxHealth, RawMessage, RawState

KEPT_IN_ROW = 128 * 1024
LEASE = timedelta(seconds=30)
NOTED_FOR = timedelta(seconds=5)
TOO_LONG = timedelta(minutes=10)  # of failing, then administrators are told
STILL_FAILING = "inbox.still_failing"


class SettledBefore(Exception):
    """Somebody else has read this arrival; whatever this one did for it is rolled back."""


def accept(
    *,
    inbox: Inbox,
    raw: bytes,
    source: str,
    envelope_sender: str | None = None,
    envelope_recipients: tuple[str, ...] = (),
    lane: str = "",
) -> RawMessage | None:
    """Store what arrived, durably, before anybody reads it. Returns None when this delivery was stored before.

    What has the same `lane`, the subject of its events, is read in the order in which it came.
    """
    by = Actor("system", inbox.channel)
    kept = None
    if len(raw) > KEPT_IN_ROW:
        kept = files.keep(content=raw, by=by)
    row = new_row(
        RawMessage,
        inbox=inbox,
        source=source[:250],
        digest=hashlib.sha256(raw).hexdigest(),
        size=len(raw),
        content=None if kept else raw,
        envelope_sender=envelope_sender,
        envelope_recipients=list(envelope_recipients),
        arrived_at=clock.now(),
    )
    with transaction.atomic(savepoint=False):  # nothing is written before it is known to be new
        if not add_row(row):
            return None
        if kept:
            files.refer(file=kept, to=row.stream, name="original.eml")
        record("raw.arrived", subject=lane or row.stream, by=by, inbox=inbox.pk, raw=row.pk)
    return row


@transaction.atomic
def forget_arrivals(*, inboxes: set[int]) -> dict[str, set[int]]:
    """Remove what arrived for inboxes that never were real, with its stored bytes; return what is gone."""
    rows = RawMessage.objects.filter(inbox__in=inboxes)
    gone = {"raw": set(rows.values_list("pk", flat=True)), "file": set()}
    for raw in rows.filter(content=None):
        gone["file"] |= {reference.file_id for reference in stored.of_owner(raw.stream)}
        files.release_owner(owner=raw.stream)
    rows.delete()
    return gone


@transaction.atomic(savepoint=False)
def settle(*, raw: RawMessage, state: str, message: Message | None = None, error: str = "") -> None:
    """Note what became of an arrival. Raises SettledBefore when another worker did so in the meantime."""
    raw.state, raw.message, raw.error = state, message, error
    if not update_row(raw, "state", "message", "error", only_where=("state", RawState.WAITING)):
        raise SettledBefore(raw.stream)
    if state == RawState.QUARANTINED:
        by = Actor("system", "intake")
        record("raw.quarantined", subject=raw.stream, by=by, inbox=raw.inbox_id)


@transaction.atomic
def read_again(*, raw: RawMessage, by: Actor) -> None:
    """Try once more to read something that could not be read."""
    found = RawMessage.objects.select_for_update().get(pk=raw.pk)
    if found.state == RawState.QUARANTINED:
        found.state, found.error = RawState.WAITING, ""
        found.save(update_fields=["state", "error"])
        record("raw.arrived", subject=found.stream, by=by, inbox=found.inbox_id, raw=found.pk)


@transaction.atomic
def remember(*, inbox: Inbox, values: dict[str, Any]) -> None:
    """Keep what an inbox's listener must know after a restart."""
    InboxHealth.objects.update_or_create(inbox=inbox, defaults={"memory": values})


@transaction.atomic
def ask_for_check(*, inbox: Inbox, by: Actor) -> None:
    """Ask for a connection test; it runs beside the page and its findings appear there.

    What was wrong before is forgotten: it may be mended now, and the listener says so again if it is not.
    """
    fresh = {"check_began_at": clock.now(), "failing_since": None, "reason": ""}
    InboxHealth.objects.update_or_create(inbox=inbox, defaults=fresh)
    record("inbox.check_asked", subject=inbox.stream, by=by)


@transaction.atomic
def keep_findings(*, inbox: Inbox, findings: list[Finding], by: Actor) -> None:
    """Keep what a connection test found."""
    rows = [asdict(finding) for finding in findings]
    InboxHealth.objects.update_or_create(inbox=inbox, defaults={"findings": rows, "check_ended_at": clock.now()})
    record("inbox.checked", subject=inbox.stream, by=by, ok=all(finding.ok for finding in findings))


@transaction.atomic
def lease(*, inbox: Inbox, owner: str) -> bool:
    """Keep or take the right to listen to an inbox: one process at a time, till half a minute after its last word."""
    now = clock.now()
    health, _made = InboxHealth.objects.select_for_update().get_or_create(inbox=inbox)
    if health.listener not in ("", owner) and health.listener_until and health.listener_until > now:
        return False
    if health.listener != owner or health.listener_until is None or health.listener_until < now + LEASE / 2:
        health.listener, health.listener_until = owner, now + LEASE
        health.save(update_fields=["listener", "listener_until"])
    return True


@transaction.atomic
def release_leases(*, owner: str) -> None:
    """Let another process listen at once."""
    InboxHealth.objects.filter(listener=owner).update(listener="", listener_until=None)


@transaction.atomic
def release_all_leases() -> None:
    """Forget who listened before a crash; for the program that is known to be alone."""
    InboxHealth.objects.exclude(listener="").update(listener="", listener_until=None)


@transaction.atomic(savepoint=False)
def worked(*, inbox: Inbox, arrived: bool = False, sent: bool = False) -> None:
    """Note that an inbox's connection works; what was noted a moment ago is not noted again."""
    now = clock.now()
    before = find_row(InboxHealth, inbox_id=inbox.pk)
    noted = (
        (before.checked_at, before.last_in_at if arrived else now, before.last_out_at if sent else now)
        if before
        else ()
    )
    if before and not before.failing_since and all(at and now - at < NOTED_FOR for at in noted):
        return
    fields: dict[str, Any] = {"checked_at": now, "failing_since": None, "reason": ""}
    if arrived:
        fields["last_in_at"] = now
    if sent:
        fields["last_out_at"] = now
    was_wrong = before is not None and before.failing_since is not None
    was_told = before is not None and before.warned_at is not None
    if was_told:
        fields["warned_at"] = None
    InboxHealth.objects.update_or_create(inbox=inbox, defaults=fields)
    if was_wrong or was_told:
        cancel_timer(STILL_FAILING, subject=inbox.stream)
        record("inbox.recovered", subject=inbox.stream, by=Actor("system", inbox.channel), was_told=was_told)


@transaction.atomic
def failed(*, inbox: Inbox, reason: str) -> None:
    """Note what is wrong with an inbox's connection, in plain words; a timer asks later whether it still is."""
    now = clock.now()
    before = InboxHealth.objects.filter(inbox=inbox).first()
    since = before.failing_since if before and before.failing_since else now
    InboxHealth.objects.update_or_create(
        inbox=inbox, defaults={"checked_at": now, "failing_since": since, "reason": reason}
    )
    if before is None or before.failing_since is None:
        by = Actor("system", inbox.channel)
        set_timer(STILL_FAILING, subject=inbox.stream, at=now + TOO_LONG, by=by)
        record("inbox.failing", subject=inbox.stream, by=by)


@transaction.atomic
def warn(*, inbox: Inbox, by: Actor) -> None:
    """Say once that an inbox has failed for too long; again only after it has worked in between."""
    health = InboxHealth.objects.select_for_update(of=("self",)).filter(inbox=inbox, inbox__is_active=True).first()
    if health is None or health.failing_since is None or health.warned_at is not None:
        return
    health.warned_at = clock.now()
    health.save(update_fields=["warned_at"])
    record("inbox.warned_about", subject=inbox.stream, by=by, since=health.failing_since)
