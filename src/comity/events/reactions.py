"""What the log does for itself."""

from . import parts
from .log import Event, reacts_to, standing_timer

standing_timer("log.parts_due", subject="log:parts", cron="7 * * * *")


@reacts_to("log.parts_due")
def make_parts_ahead(event: Event) -> None:
    """Make the parts of the log that will be needed next, long before they are."""
    parts.make_ahead()
