"""What the file store does by itself: scan what came in, sweep what nobody needs."""

from comity.events.log import Actor, Event, reacts_to, standing_timer, system

from . import actions, queries
from .models import ScanState, StoredFile
from .scanning import scanners

standing_timer("files.sweep_due", subject="files:all", cron="20 3 * * *")


@reacts_to("file.kept", outside=True, of_many=True)
def scan(events: list[Event]) -> None:
    """Let the scanners look into files that still wait. Where there is no scanner, none does."""
    by = {int(event.subject.partition(":")[2]): system("files", cause=event.id) for event in events}
    for file in StoredFile.objects.filter(pk__in=by, scan_state=ScanState.WAITING).order_by("pk"):
        _scan(file, by[file.pk])


def _scan(file: StoredFile, by: Actor) -> None:
    """Ask every scanner; one that finds something is enough."""
    verdict = None
    for scanner in scanners():
        with queries.open_file(file) as content:
            verdict = scanner.scan(content)
        if verdict.is_infected:
            break
    if verdict:
        actions.note_verdict(file_id=file.pk, verdict=verdict, by=by)
    else:
        actions.stop_waiting(file_id=file.pk, by=by)


@reacts_to("files.sweep_due", outside=True)
def sweep(event: Event) -> None:
    """Sweep once a day."""
    actions.sweep()
