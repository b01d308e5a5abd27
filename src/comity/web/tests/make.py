"""Builders for tests of the shell."""

from datetime import timedelta

from django.db import transaction

from comity.core import clock
from comity.core.actor import system
from comity.events.log import record
from comity.events.models import Run
from comity.events.testing import forget

SOMEBODY = system("tests")
TRACEBACK = 'Traceback (most recent call last):\n  File "x.py", line 3, in react\nValueError: The number is not one\n'


def a_parked_run(*, reaction: str = "web.never", error: str = TRACEBACK, subject: str = "conversation:42") -> Run:
    """Return a run that gave up after eight tries."""
    with transaction.atomic():
        event = record("conversation.tested", subject=subject, by=SOMEBODY)
    run = Run.objects.create(
        event=event,
        reaction=reaction,
        subject=subject,
        lane=f"{reaction} {subject}",
        outside=False,
        attempts=8,
        parked_at=clock.now() - timedelta(minutes=5),
        error=error,
    )
    forget()
    return run
