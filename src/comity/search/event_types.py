"""What can happen in this room, in plain words."""

from django.utils.translation import gettext_lazy as _

from comity.events.catalogue import declare

declare(
    [
        ("search.vocabulary_due", _("The search’s list of words is brought up to date")),
        ("search.rebuild_step", _("The search index is built anew, step by step")),
    ],
    group=_("The program"),
    is_inner=True,
)
