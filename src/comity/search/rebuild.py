"""Building the index anew: a long job that goes through every room's things, some at a time."""

from itertools import islice

from django.db import transaction
from django.utils.translation import gettext as _

from comity.core.actor import Actor
from comity.core.refusals import Refusal
from comity.events import jobs
from comity.events.log import record
from comity.events.models import Job, JobState

from . import actions
from .sources import REBUILD, SOURCES, Source

STEP = "search.rebuild_step"
SLICE = 200


@transaction.atomic
def start(*, by: Actor) -> Job:
    """Begin to build the index anew; meanwhile it goes on to answer. Raises Refusal when that is already going on."""
    actions.lock("rebuild", 0)
    if Job.objects.filter(kind=REBUILD, state=JobState.RUNNING).exists():
        raise Refusal(_("The search index is already being rebuilt. Its progress is on this page."))
    total = sum(source.total() for source in SOURCES.all())
    job = jobs.start(kind=REBUILD, title=_("Rebuild the search index"), by=by, total=total)
    actions.forget_words()
    record(STEP, subject=job.stream, by=by, kind=_after(""), after_id=0)
    return job


def take_step(*, job_id: int, kind: str, after_id: int, by: Actor) -> None:
    """Index the next things of a kind, each in its own short transaction, and say what comes after them.

    Taking a step again does no harm: a thing is indexed as it is now.
    """
    job = Job.objects.filter(pk=job_id, state=JobState.RUNNING).first()
    if job is None:
        return
    source = _source(kind)
    documents = islice(source.iterate(after_id), SLICE) if source else iter(())
    known: set[int] = set()
    for document in documents:
        actions.index(**document)
        known.add(int(document["object_id"]))
    is_last = len(known) < SLICE
    actions.remove_missing(kind=kind, known=known, after_id=after_id, up_to=None if is_last else max(known))
    if not is_last:
        _go_on(job, len(known), kind, max(known), by)
    elif following := _after(kind):
        _go_on(job, len(known), following, 0, by)
    else:
        actions.optimise()
        actions.learn()
        with transaction.atomic():
            jobs.advance(job=job, by_count=len(known))
            jobs.finish(job=job, by=by)


def give_up(*, job_id: int, by: Actor) -> None:
    """End a rebuild whose next step was discarded. What was indexed stays."""
    job = Job.objects.filter(pk=job_id, kind=REBUILD).first()
    if job:
        jobs.finish(job=job, by=by, error=_("A part of the work was discarded. Start again when its cause is mended."))


@transaction.atomic
def _go_on(job: Job, count: int, kind: str, after_id: int, by: Actor) -> None:
    jobs.advance(job=job, by_count=count)
    record(STEP, subject=job.stream, by=by, kind=kind, after_id=after_id)


def _source(kind: str) -> Source | None:
    return next((source for source in SOURCES.all() if source.kind == kind), None)


def _after(kind: str) -> str:
    """Return the kind that follows in the order of names, the first one for "", and "" after the last."""
    return next((other for other in sorted(source.kind for source in SOURCES.all()) if other > kind), "")
