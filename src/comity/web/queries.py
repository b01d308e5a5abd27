"""What the page Health asks."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from comity.core import clock
from comity.core.health import Finding, Group, from_values
from comity.events import queries as events
from comity.events.models import Event, Job, JobState

CHECKS = "health.checks"
LOST_AFTER = timedelta(minutes=15)  # a look that takes longer died on its way


@dataclass(frozen=True)
class Health:
    """The last look at everything, and whether another is under way."""

    at: datetime | None
    groups: list[Group]
    is_looking: bool

    @property
    def to_do(self) -> list[Finding]:
        """Everything that is not well."""
        return [finding for group in self.groups for finding in group.findings if not finding.ok]


def health() -> Health:
    """Return what the last look at everything found."""
    latest = events.latest_jobs(CHECKS)
    done = next((job for job in latest if job.state == JobState.DONE), None)
    groups = [from_values(values) for values in done.result["groups"]] if done else []
    return Health(done.finished_at if done else None, groups, any(_is_under_way(job) for job in latest))


def checks_under_way() -> Job | None:
    """Return the look at everything that is running now, or None."""
    return next((job for job in events.latest_jobs(CHECKS) if _is_under_way(job)), None)


def was_said(subject: str) -> bool:
    """Was somebody warned of this before?"""
    return Event.objects.filter(subject=subject).exists()


def _is_under_way(job: Job) -> bool:
    return job.state == JobState.RUNNING and job.started_at > clock.now() - LOST_AFTER
