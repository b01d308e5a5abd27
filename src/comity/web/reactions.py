"""What the shell does by itself: it looks at everything once a night, and warns of what runs out."""

from datetime import datetime

from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from comity.accounts import queries as accounts
from comity.accounts.options import load
from comity.core import clock
from comity.core.actor import system
from comity.core.health import look_at_everything
from comity.events import actions as log
from comity.events import queries as events
from comity.events.log import Event, reacts_to, standing_timer
from comity.events.models import JobState
from comity.notices import actions as notices

from . import actions
from .options import LogOptions
from .queries import CHECKS

standing_timer("health.check_due", subject="health:all", cron="50 4 * * *")
standing_timer("log.tidy_due", subject="log:all", cron="20 3 * * *")


@reacts_to("health.check_due")
def check_at_night(event: Event) -> None:
    """Ask for a look at everything, in the organisation's language. Safe to run twice: one at a time."""
    organisation = accounts.organisation()
    language = organisation.language if organisation else ""
    with translation.override(language or None):
        actions.ask_for_checks(language=language, by=system("health", cause=event.pk))


@reacts_to("log.tidy_due")
def forget_origins(event: Event) -> None:
    """Forget from where people acted longer ago than is kept. Safe to run twice."""
    log.forget_origins(before=clock.now().date() - load(LogOptions).origin_for)


@reacts_to("job.started", outside=True)
def look(event: Event) -> None:
    """Look at everything and keep what was found. Safe to run twice: it only looks, and a job ends once."""
    job = events.job(int(event.subject.partition(":")[2])) if event.data.get("kind") == CHECKS else None
    if job is None or job.state != JobState.RUNNING:
        return
    with translation.override(event.data.get("language") or None):
        groups = list(look_at_everything())
        actions.keep_findings(job=job, groups=groups, by=event.by.because_of(event.pk))


@reacts_to("credential.expiring")
def warn_of_expiry(event: Event) -> None:
    """Tell everybody who looks after the installation that a certificate or a key runs out."""
    at = datetime.fromisoformat(event.data["expires_at"])
    notices.tell_those_who_may(
        "health.see",
        kind="credential_expiring",
        title=lambda: _("%(what)s expires on %(day)s") % {"what": event.data["what"], "day": date_format(at)},
        url=reverse("settings_health"),
        subject=event.subject,
        because_of=event.pk,
        by=event.by,
    )
