"""Which visitors are on the site now. Not history, so not in the log."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from comity.connectors.webchat.models import Visitor
from comity.core import clock

from .telling import CHAT, tell_of_unheard

AT_ONCE = 500


@transaction.atomic
def note_presence(*, here: Collection[int], until: datetime, gone: Collection[int]) -> None:
    """Note who is here until a moment, and who has gone."""
    now = clock.now()
    for some in _slices(here):
        Visitor.objects.filter(pk__in=some).update(seen_until=until, last_seen_at=now)
    for some in _slices(gone):
        Visitor.objects.filter(pk__in=some).update(seen_until=None, last_seen_at=now)
        tell_of_unheard(gone=some, by=CHAT)


def _slices(ids: Collection[int]) -> list[list[int]]:
    ordered = sorted(ids)
    return [ordered[start : start + AT_ONCE] for start in range(0, len(ordered), AT_ONCE)]
