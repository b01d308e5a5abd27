"""Everything that can be done to notices. Their state changes nowhere else."""

from django.db import transaction
from django.db.models import QuerySet

from comity.accounts.models import Agent
from comity.accounts.options import load
from comity.core import clock
from comity.core.actor import Actor
from comity.events.live import signal

from .kinds import kinds
from .models import Notice
from .options import NoticeOptions


@transaction.atomic
def tell(*, agent_id: int, kind: str, title: str, url: str, subject: str, because_of: int, by: Actor) -> Notice | None:
    """Tell an agent that something happened, once for each event and kind, live.

    None when they did it themselves, don't want this kind, or are not there any more. `title` is in their language.
    """
    if by.agent_id == agent_id or not _wants(agent_id, kind):
        return None
    notice, is_new = Notice.objects.get_or_create(
        agent_id=agent_id,
        event=because_of,
        kind=kinds[kind].name,
        defaults={"title": title[:300], "url": url, "subject": subject, "created_at": clock.now()},
    )
    if is_new:
        _ring(agent_id)
    return notice


@transaction.atomic
def mark_read(*, notice: Notice) -> Notice:
    """Note that the agent has read it. Again changes nothing."""
    if _read(Notice.objects.filter(pk=notice.pk)):
        _ring(notice.agent_id)
    notice.refresh_from_db()
    return notice


@transaction.atomic
def mark_all_read(*, agent_id: int, up_to: int | None = None) -> int:
    """Note that the agent has read everything, or everything up to a notice, so that none is lost that came meanwhile."""
    rows = Notice.objects.filter(agent_id=agent_id)
    count = _read(rows if up_to is None else rows.filter(pk__lte=up_to))
    if count:
        _ring(agent_id)
    return count


@transaction.atomic
def clear_subject(*, agent_id: int, subject: str) -> int:
    """Note that the agent has seen what their notices about a subject, such as `conversation:42`, lead to."""
    count = _read(Notice.objects.filter(agent_id=agent_id, subject=subject))
    if count:
        _ring(agent_id)
    return count


def _read(rows: QuerySet[Notice]) -> int:
    return rows.filter(read_at=None).update(read_at=clock.now())


def _wants(agent_id: int, kind: str) -> bool:
    if not Agent.objects.filter(pk=agent_id, is_active=True).exists():
        return False
    return not kinds[kind].is_optional or bool(getattr(load(NoticeOptions, person=agent_id), kind, True))


def _ring(agent_id: int) -> None:
    transaction.on_commit(lambda: signal(f"agent:{agent_id}", "notices"), robust=True)
