"""Whether stored files are where the database says, and still what they were."""

import hashlib
from collections.abc import Iterator

from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from comity.core.health import Finding, check

from . import queries, store
from .models import StoredFile

SAMPLE = 100
READ_UP_TO = 1024 * 1024  # bytes: larger ones are only looked for


@check("files", label=gettext_lazy("Stored files"), order=40)
def stored_files() -> Iterator[Finding]:
    """Look at the newest files, and at some of all the others."""
    looked_at = wrong = 0
    first = ""
    for file in _sample():
        looked_at += 1
        problem = _problem(file)
        if problem:
            wrong += 1
            first = first or _("%(path)s %(problem)s") % {"path": _place(file), "problem": problem}
    what = _("Stored files")
    if not looked_at:
        yield Finding(what, True, _("There are none yet."))
        return
    if not wrong:
        words = ngettext("%(count)d looked at, whole.", "%(count)d looked at, all whole.", looked_at)
        yield Finding(what, True, words % {"count": looked_at})
        return
    words = ngettext(
        "%(count)d of those looked at is not as it was stored: %(first)s",
        "%(count)d of those looked at are not as they were stored: %(first)s",
        wrong,
    )
    remedy = _("Bring them back from a backup into the same place, and see whether the disk is failing.")
    yield Finding(what, False, words % {"count": wrong, "first": first}, remedy)


def _sample() -> list[StoredFile]:
    """Half of them the newest, half spread over all."""
    newest = list(StoredFile.objects.order_by("-pk")[: SAMPLE // 2])
    last: int = StoredFile.objects.aggregate(last=Max("pk"))["last"] or 0
    spread = range(1, last + 1, max(1, last // (SAMPLE // 2)))
    known = {file.pk for file in newest}
    return newest + [file for file in StoredFile.objects.filter(pk__in=list(spread)) if file.pk not in known]


def _problem(file: StoredFile) -> str:
    try:
        with queries.open_file(file) as content:
            if file.size > READ_UP_TO:
                return "" if content.seek(0, 2) == file.size else _("has another size.")
            return "" if hashlib.sha256(content.read()).hexdigest() == file.digest else _("has changed.")
    except FileNotFoundError:
        return _("is missing.")
    except OSError as error:
        return _("can’t be read: %(reason)s.") % {"reason": error.strerror}


def _place(file: StoredFile) -> str:
    return "/".join(store.path_of(file.digest).parts[-4:])
