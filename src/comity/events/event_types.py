"""What can happen in this room, in plain words."""

from django.utils.translation import gettext_lazy as _

from comity.events.catalogue import declare

declare(
    [
        ("job.started", _("Long work began")),
        ("job.done", _("Long work is done")),
        ("job.failed", _("Long work failed")),
        ("reaction.parked", _("Work of the program gave up after many tries")),
        ("reaction.retried", _("Parked work is tried again")),
        ("reaction.discarded", _("Parked work was discarded")),
        ("reaction.replayed", _("Past events are worked through again")),
        ("person.erased", _("Somebody’s personal details were erased")),
    ],
    group=_("The program"),
    order=90,
)

declare(
    [
        ("log.parts_due", _("The log makes room ahead")),
    ],
    group=_("The program"),
    is_inner=True,
)

declare([("personal_data.opened", _("Personal data was opened"))], group=_("Access"), is_inner=True)
