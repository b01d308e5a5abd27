"""Everything that can be done to stored files. Their state changes nowhere else."""

import logging
from datetime import timedelta
from functools import partial
from typing import IO

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from comity.core import clock
from comity.core.refusals import Refusal
from comity.core.rows import find_row, insert_row, update_row
from comity.events.log import Actor, record

from . import store
from .kinds import refine
from .limits import file_settings
from .models import Reference, ScanState, StoredFile
from .names import clean_file_name
from .scanning import Verdict, scanners
from .store import Staged

log = logging.getLogger("comity.files")
GRACE = timedelta(hours=24)
LOCK = 0x4669  # with a digest's first bytes: the advisory lock of its content
SLICE = 200


def stage(content: bytes | IO[bytes]) -> Staged:
    """Write content to the disk, durably, before a transaction begins; `keep` then takes no time.

    Raises Refusal when it is larger than the organisation allows.
    """
    largest = file_settings()
    try:
        return store.stage(content, limit=largest.largest)
    except store.TooLarge:
        raise Refusal(
            _("This file is larger than %(size)d MB, the most that can be kept here. Send a link to it instead.")
            % {"size": largest.largest_mb},
            code="too_large",
            status=413,
        ) from None


def keep(*, content: bytes | IO[bytes] | Staged, by: Actor, name: str = "", content_type: str = "") -> StoredFile:
    """Store content once, whoever brought it before; it is on the disk before the row that names it commits.

    Its type is judged by the content; name and claimed type only choose between kinds of plain text.
    Refer to it within the day, or the sweep takes it. Raises Refusal when it is too large.
    """
    staged = content if isinstance(content, Staged) else stage(content)
    try:
        return _keep(staged, refine(staged.content_type, name, content_type), by)
    finally:
        store.discard(staged)


@transaction.atomic(savepoint=False)
def _keep(staged: Staged, content_type: str, by: Actor) -> StoredFile:
    _lock(staged.digest)
    store.place(staged)
    scan_state, now = ScanState.WAITING if scanners() else ScanState.UNKNOWN, clock.now()
    file = find_row(StoredFile, digest=staged.digest)  # nobody else can bring it meanwhile
    is_new = file is None
    if file is None:
        file = StoredFile(digest=staged.digest, size=staged.size, content_type=content_type, scan_state=scan_state)
        file.touched_at = now
        insert_row(file)
    is_first_scan = file.scan_state == ScanState.UNKNOWN and scan_state == ScanState.WAITING
    if not is_new:
        file.touched_at = now
        file.scan_state = scan_state if is_first_scan else file.scan_state
        update_row(file, "touched_at", "scan_state")
    if is_new or is_first_scan:
        record("file.kept", subject=file.stream, by=by, size=file.size, content_type=file.content_type)
    return file


@transaction.atomic(savepoint=False)
def refer(*, file: StoredFile, to: str, name: str, content_id: str = "", is_inline: bool = False) -> Reference:
    """Note that somebody, such as `message:12`, needs a file, under a name. Raises Refusal when it is gone."""
    locked = find_row(StoredFile, lock="NO KEY UPDATE", id=file.pk)
    if locked is None:
        raise Refusal(_("This file is no longer here. Attach it again."), code="gone", status=410)
    locked.touched_at = clock.now()
    update_row(locked, "touched_at")
    owner_kind, _colon, owner_id = to.partition(":")
    name = clean_file_name(name)
    return insert_row(
        Reference(
            file=locked,
            name=name,
            content_type=refine(locked.content_type, name),
            owner_kind=owner_kind,
            owner_id=owner_id,
            content_id=content_id[:255],
            is_inline=is_inline,
            created_at=clock.now(),
        )
    )


def upload(*, content: bytes | IO[bytes], name: str, by: Actor) -> Reference:
    """Keep what a person attaches, for a day, until a message or a draft takes it over."""
    staged = stage(content)
    with transaction.atomic():
        return refer(file=keep(content=staged, by=by), to=upload_owner(by), name=name)


def upload_owner(by: Actor) -> str:
    """Return in whose name an upload waits: an agent's number alone, a program's with its kind before it."""
    return f"upload:{by.id}" if by.kind == "agent" else f"upload:{by.kind}-{by.id}"


@transaction.atomic
def hand_over(*, references: list[int], owned_by: str, to: str, is_inline: bool = False) -> list[Reference]:
    """Give references from one owner to another, such as `upload:7` to `message:12`; answers them in the order given.

    Raises Refusal when one of them is gone or belongs to somebody else.
    """
    mine = _of(owned_by).select_for_update(of=("self",)).select_related("file").order_by("pk")
    found = {reference.pk: reference for reference in mine.filter(pk__in=references)}
    if len(found) != len(set(references)):
        raise Refusal(_("An attached file is no longer here. Attach it again."), code="gone", status=410)
    owner_kind, _colon, owner_id = to.partition(":")
    for reference in found.values():
        reference.owner_kind, reference.owner_id, reference.is_inline = owner_kind, owner_id, is_inline
    Reference.objects.bulk_update(found.values(), ["owner_kind", "owner_id", "is_inline"])
    return [found[number] for number in references]


@transaction.atomic
def release(*, references: list[Reference]) -> None:
    """Say that these are no longer needed. Content that nobody needs is swept a day later."""
    numbers = [reference.pk for reference in references]
    StoredFile.objects.filter(references__in=numbers).update(touched_at=clock.now())
    Reference.objects.filter(pk__in=numbers).delete()


def release_owner(*, owner: str) -> None:
    """Release everything that an owner, such as `message:12`, needed."""
    release(references=list(_of(owner)))


def remove_unneeded(*, files: list[int]) -> list[int]:
    """Remove these files at once where nobody needs them any more; return the ids of those that are gone."""
    gone = []
    for file in StoredFile.objects.filter(pk__in=files, references=None):
        with transaction.atomic():
            _lock(file.digest)
            locked = StoredFile.objects.select_for_update().filter(pk=file.pk).first()
            if locked is None or locked.references.exists():
                continue
            locked.delete()
            transaction.on_commit(partial(_remove_orphan, file.digest))
        gone.append(file.pk)
    return gone


@transaction.atomic
def note_verdict(*, file_id: int, verdict: Verdict, by: Actor) -> None:
    """Keep what a scanner found. Says so in the log when a file is dangerous or when it may be opened now."""
    file = StoredFile.objects.select_for_update().filter(pk=file_id).first()
    state = ScanState.INFECTED if verdict.is_infected else ScanState.CLEAN
    if file is None or file.scan_state == state:
        return
    file.scan_state, file.scan_finding = state, verdict.finding[:200]
    file.save(update_fields=["scan_state", "scan_finding"])
    record("file.scanned", subject=file.stream, by=by, state=state, finding=file.scan_finding)


@transaction.atomic
def stop_waiting(*, file_id: int, by: Actor) -> None:
    """Let a file be opened unchecked, because the scanner was switched off while the file waited for it."""
    waiting = StoredFile.objects.filter(pk=file_id, scan_state=ScanState.WAITING)
    if waiting.update(scan_state=ScanState.UNKNOWN):
        record("file.scanned", subject=f"file:{file_id}", by=by, state=ScanState.UNKNOWN, finding="")


def sweep() -> int:
    """Take away what nobody has needed for a day, and return how many files that were. Runs in short transactions."""
    _release_old_uploads()
    swept = _forget_unneeded()
    orphans = _known_orphans()
    for digest in orphans:
        swept += _remove_orphan(digest)
    store.clear_incoming(older_than=GRACE.total_seconds())
    if swept:
        log.info("Swept %s files that nobody needs.", swept)
    return swept


def _release_old_uploads() -> None:
    old = Reference.objects.filter(owner_kind="upload", created_at__lt=clock.now() - GRACE)
    while batch := list(old[:SLICE]):
        release(references=batch)


def _of(owner: str) -> QuerySet[Reference]:
    owner_kind, _colon, owner_id = owner.partition(":")
    return Reference.objects.filter(owner_kind=owner_kind, owner_id=owner_id)


def _forget_unneeded() -> int:
    """Delete rows first, content after: a crash between them leaves content without a row, never the reverse."""
    swept = 0
    unneeded = Q(touched_at__lt=clock.now() - GRACE, references=None)
    for file in list(StoredFile.objects.filter(unneeded).order_by("pk")):
        with transaction.atomic():
            _lock(file.digest)
            # Asked again under the lock: it may have been kept or referred to since.
            locked = StoredFile.objects.select_for_update().filter(pk=file.pk, touched_at=file.touched_at).first()
            if locked is None or locked.references.exists():
                continue
            locked.delete()
        swept += _remove_orphan(file.digest)
    return swept


def _known_orphans() -> list[str]:
    """Return what lies on the disk without a row, left by a transaction that did not commit."""
    orphans, batch = [], []
    for digest in store.digests(older_than=GRACE.total_seconds()):
        batch.append(digest)
        if len(batch) == SLICE:
            orphans += _without_row(batch)
            batch = []
    return orphans + _without_row(batch)


def _without_row(digests: list[str]) -> list[str]:
    known = set(StoredFile.objects.filter(digest__in=digests).values_list("digest", flat=True))
    return [digest for digest in digests if digest not in known]


@transaction.atomic
def _remove_orphan(digest: str) -> int:
    _lock(digest)
    if StoredFile.objects.filter(digest=digest).exists():
        return 0
    store.remove(digest)
    return 1


def _lock(digest: str) -> None:
    """Hold the content of a digest until the transaction ends, so that keeping and sweeping it never cross.

    On SQLite the transaction itself is that lock: there is one writer at a time.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, int(digest[:7], 16)])
