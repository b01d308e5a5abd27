"""What the file store does by itself: scan what came in, sweep what nobody needs."""

from comity.events.log import Event, reacts_to, standing_timer, system

from . import actions, queries
from .models import ScanState, StoredFile
from .scanning import scanners

standing_timer("files.sweep_due", subject="files:all", cron="20 3 * * *")


@reacts_to("file.kept", outside=True)
def scan(event: Event) -> None:
    """Let every scanner look into a file that still waits; one that finds something is enough."""
    file = StoredFile.objects.filter(pk=event.subject.partition(":")[2], scan_state=ScanState.WAITING).first()
    if file is None:
        return
    by = system("files", cause=event.id)
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
