"""When a repeating timer is due: cron lines in the wall time of a zone."""

from datetime import UTC, datetime

from cronsim import CronSim, CronSimError
from django.utils.translation import gettext as _

from comity.core import clock
from comity.core.refusals import Refusal


def next_time(cron: str, zone: str, *, after: datetime) -> datetime:
    """Return the first moment after another that the cron line names, in UTC.

    An hour that the clocks skip fires after it, an hour that they repeat fires once, as Debian's cron does it.
    Raises Refusal for a line or zone that is none, or that never comes.
    """
    try:
        found: datetime = next(CronSim(cron, after.astimezone(clock.zone(zone))))
    except (CronSimError, StopIteration):
        raise Refusal(
            _("“%(cron)s” is not a time that comes round. Use five fields such as “0 9 * * 1-5”.") % {"cron": cron},
            status=422,
        ) from None
    return found.astimezone(UTC)
