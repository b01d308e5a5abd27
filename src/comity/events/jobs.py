"""The progress of long work, for pages to show. The work itself is a chain of timers and reactions."""

from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from comity.core import clock
from comity.core.actor import Actor
from comity.core.refusals import Refusal

from .live import signal
from .log import plain, record
from .models import Job, JobState


@transaction.atomic
def start(*, kind: str, title: str, by: Actor, total: int | None = None, **data: Any) -> Job:
    """Begin to show a long job. Records `job.started` with the given data, for the reaction that does the work."""
    job = Job.objects.create(
        kind=kind, title=title[:200], actor_kind=by.kind, actor_id=by.id, total=total, started_at=clock.now()
    )
    record("job.started", subject=job.stream, by=by, kind=kind, **data)
    return job


@transaction.atomic
def advance(*, job: Job, by_count: int = 1, total: int | None = None) -> Job:
    """Say that so many more are done: a signal, not an event. Raises Refusal when the job has ended."""
    changes: dict[str, Any] = {"done": F("done") + by_count}
    if total is not None:
        changes["total"] = total
    if not Job.objects.filter(pk=job.pk, state=JobState.RUNNING).update(**changes):
        raise Refusal(_("This job has ended."))
    signal(job.stream, "job.advanced")
    job.refresh_from_db()
    return job


@transaction.atomic
def finish(*, job: Job, by: Actor, error: str = "", **result: Any) -> Job:
    """End a job, well or with an error in words for people. Ending it again changes nothing."""
    job = Job.objects.select_for_update().get(pk=job.pk)
    if job.state != JobState.RUNNING:
        return job
    job.state = JobState.FAILED if error else JobState.DONE
    job.error, job.result, job.finished_at = error, plain(result), clock.now()
    job.save(update_fields=["state", "error", "result", "finished_at"])
    record("job.failed" if error else "job.done", subject=job.stream, by=by, kind=job.kind)
    return job


@transaction.atomic
def forget_earlier(*, job: Job) -> None:
    """Let go of the ended jobs of the same kind before this one, where only the latest matters."""
    Job.objects.filter(kind=job.kind, pk__lt=job.pk).exclude(state=JobState.RUNNING).delete()
