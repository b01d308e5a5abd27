"""What the shell keeps: the last look at everything, and who is warned of what runs out."""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from comity.core import clock
from comity.core.actor import Actor
from comity.core.health import Finding, Group
from comity.events import jobs
from comity.events.log import record
from comity.events.models import Job

from . import queries

SOON = timedelta(days=3)  # before something runs out it is said a second time


@transaction.atomic
def ask_for_checks(*, language: str, by: Actor) -> Job:
    """Ask for a look at everything; it runs beside the pages. One that is under way is answered instead."""
    under_way = queries.checks_under_way()
    if under_way:
        return under_way
    return jobs.start(kind=queries.CHECKS, title=_("Looking whether all is well"), by=by, language=language)


@transaction.atomic
def keep_findings(*, job: Job, groups: Iterable[Group], by: Actor) -> None:
    """Keep what a look at everything found, in place of the one before, and say what runs out soon."""
    found = list(groups)
    jobs.finish(job=job, by=by, groups=[group.as_values() for group in found])
    jobs.forget_earlier(job=job)
    for group in found:
        for finding in group.findings:
            if finding.expires_at:
                _say_once(finding, by)


@transaction.atomic
def note_export(*, filters: list[str], by: Actor) -> None:
    """Note that somebody takes the log away, and by what it was narrowed down."""
    record("log.exported", subject="log:all", by=by, filters=filters)


def _say_once(finding: Finding, by: Actor) -> None:
    soon = datetime.fromisoformat(finding.expires_at) < clock.now() + SOON
    word = hashlib.sha256(f"{finding.what} {finding.expires_at} {soon}".encode()).hexdigest()[:20]
    subject = f"credential:{word}"
    if not queries.was_said(subject):
        record("credential.expiring", subject=subject, by=by, what=finding.what, expires_at=finding.expires_at)
