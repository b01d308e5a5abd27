"""What notices do when something happens elsewhere."""

from django.urls import reverse
from django.utils.translation import gettext as _

from comity.core.permission import permissions
from comity.events.log import Event, reacts_to

from . import actions

OPERATE = "events.operate"


@reacts_to("reaction.parked")
def tell_of_parked(event: Event) -> None:
    """Tell everybody who can do something about it that work of the program stopped."""
    if OPERATE not in permissions:
        return
    name = event.subject.partition(":")[2]
    actions.tell_those_who_may(
        OPERATE,
        kind="parked_reaction",
        title=lambda: _("“%(name)s” could not be done after many tries and waits for you") % {"name": name},
        url=reverse("parked_run", args=[event.data["run"]]),
        subject=event.subject,
        because_of=event.pk,
        by=event.by,
    )


@reacts_to("reaction.retried", "reaction.discarded")
def clear_parked(event: Event) -> None:
    """Take the notice away from everybody when somebody has dealt with the run."""
    actions.clear_url(url=reverse("parked_run", args=[event.data["run"]]), subject=event.subject)
