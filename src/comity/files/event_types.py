"""What can happen in this room, in plain words."""

from django.utils.translation import gettext_lazy as _

from comity.events.catalogue import declare

declare(
    [
        ("file.kept", _("A file was stored")),
        ("file.scanned", _("A file was looked through for viruses")),
    ],
    group=_("Files"),
)

declare(
    [
        ("files.sweep_due", _("Files that nobody needs are swept")),
    ],
    group=_("Files"),
    is_inner=True,
)
