"""Everything that can be done to notices. Their state changes nowhere else."""

from collections.abc import Callable, Iterable

from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation

from comity.accounts.models import Agent
from comity.accounts.options import load
from comity.core import clock
from comity.core.actor import Actor
from comity.events.live import signal

from .kinds import kinds
from .models import Notice
from .options import NoticeOptions

SLICE = 500
CHANGED = "notices"  # the live signal to the agent's own pages


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
        signal(f"agent:{agent_id}", CHANGED)
    return notice


@transaction.atomic
def tell_those_who_may(
    permission: str, /, *, kind: str, title: Callable[[], str], url: str, subject: str, because_of: int, by: Actor
) -> None:
    """Tell everybody whose role has a permission, each in their own language."""
    for agent in Agent.objects.filter(is_active=True).select_related("role").order_by("pk"):
        if agent.may(permission):
            with translation.override(agent.language or None):
                words = title()
            tell(agent_id=agent.pk, kind=kind, title=words, url=url, subject=subject, because_of=because_of, by=by)


@transaction.atomic
def mark_read(*, notice: Notice) -> Notice:
    """Note that the agent has read it. Again changes nothing."""
    if _read(Notice.objects.filter(pk=notice.pk)):
        signal(f"agent:{notice.agent_id}", CHANGED)
    notice.refresh_from_db()
    return notice


@transaction.atomic
def mark_all_read(*, agent_id: int, up_to: int | None = None) -> int:
    """Note that the agent has read everything, or everything up to a notice: what came meanwhile stays unread."""
    rows = Notice.objects.filter(agent_id=agent_id)
    count = _read(rows if up_to is None else rows.filter(pk__lte=up_to))
    if count:
        signal(f"agent:{agent_id}", CHANGED)
    return count


@transaction.atomic
def clear_subject(*, agent_id: int, subject: str) -> int:
    """Note that the agent has seen what their notices about a subject, such as `conversation:42`, lead to."""
    count = _read(Notice.objects.filter(agent_id=agent_id, subject=subject))
    if count:
        signal(f"agent:{agent_id}", CHANGED)
    return count


@transaction.atomic
def clear_url(*, url: str, subject: str) -> int:
    """Note for everybody that what a notice about a subject leads to has been dealt with."""
    unread = Notice.objects.filter(subject=subject, url=url, read_at=None)
    agents = sorted(set(unread.values_list("agent_id", flat=True)))
    count = _read(unread)
    for agent_id in agents:
        signal(f"agent:{agent_id}", CHANGED)
    return count


@transaction.atomic
def forget_subjects(*, subjects: Iterable[str]) -> int:
    """Take away every notice about things that are gone as if they had never been: the demonstration's."""
    wanted, count = sorted(set(subjects)), 0
    for first in range(0, len(wanted), SLICE):
        count += Notice.objects.filter(subject__in=wanted[first : first + SLICE]).delete()[0]
    return count


def _read(rows: QuerySet[Notice]) -> int:
    return rows.filter(read_at=None).update(read_at=clock.now())


def _wants(agent_id: int, kind: str) -> bool:
    """Is the agent there, and did they not say that they can do without this kind?"""
    if not Agent.objects.filter(pk=agent_id, is_active=True).exists():
        return False
    return bool(getattr(load(NoticeOptions, person=agent_id), kind, True))
