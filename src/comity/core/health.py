"""The plug *checks*: what rooms look at to say whether all is well, for `comity doctor` and the page Health alike.

A room declares its checks in its `checks.py`:

    @check("queues", label=_("Queues"), order=50)
    def queues() -> Iterator[Finding]: ...

Whatever runs out one day (a certificate, a token) is told with `expiring`; administrators are then warned early.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import Error as DatabaseProblem
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from . import clock
from .refusals import Refusal
from .registry import Registry
from .words import Words

EARLY = timedelta(days=21)  # before something runs out


@dataclass(frozen=True)
class Finding:
    """One line of a test: what was looked at, whether it is well, in plain words what was found and what to do.

    `expires_at` is there where something runs out soon.
    """

    what: str
    ok: bool
    message: str = ""
    remedy: str = ""
    expires_at: str = ""


@dataclass(frozen=True)
class Check:
    """Something that a room looks at. Those that come first decide: without a database most others see nothing."""

    name: str
    label: Words
    look: Callable[[], Iterable[Finding]]
    order: int = 50
    needs_database: bool = True
    decides: bool = False


@dataclass(frozen=True)
class Group:
    """What one check found, under its heading."""

    name: str
    label: str
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Is all of it well?"""
        return all(finding.ok for finding in self.findings)

    def as_values(self) -> dict[str, Any]:
        """Return it as plain values, to be kept or given to programs."""
        return {"name": self.name, "label": self.label, "findings": [asdict(finding) for finding in self.findings]}


checks: Registry[Check] = Registry("checks")


def check(
    name: str, *, label: Words, order: int = 50, needs_database: bool = True, decides: bool = False
) -> Callable[[Callable[[], Iterable[Finding]]], Callable[[], Iterable[Finding]]]:
    """Register a check. With `decides`, what needs the database is left out unless all of it is well."""

    def register(look: Callable[[], Iterable[Finding]]) -> Callable[[], Iterable[Finding]]:
        checks.add(name, Check(name, label, look, order, needs_database, decides))
        return look

    return register


def look_at_everything() -> Iterator[Group]:
    """Run every check, in order, and yield what each found. Changes nothing."""
    database_is_well = True
    for each in sorted(checks, key=lambda one: one.order):
        if each.needs_database and not database_is_well:
            continue
        group = Group(each.name, str(each.label), _found(each))
        if each.decides and not group.ok:
            database_is_well = False
        if group.findings:
            yield group
    if not database_is_well:
        left = Finding(_("Everything else"), False, _("Not looked at."), _("Mend the database first, then look again."))
        yield Group("left_out", _("Left out"), (left,))


def from_values(values: dict[str, Any]) -> Group:
    """Return a group that was kept as plain values."""
    return Group(values["name"], values["label"], tuple(Finding(**found) for found in values["findings"]))


def expiring(what: str, at: datetime, *, remedy: str) -> Finding:
    """Say until when something is valid; from three weeks before, that is something to act on."""
    day = date_format(at, "DATE_FORMAT")
    if at > clock.now() + EARLY:
        return Finding(what, True, _("Valid until %(day)s.") % {"day": day})
    words = _("It expires on %(day)s.") if at > clock.now() else _("It expired on %(day)s.")
    return Finding(what, False, words % {"day": day}, remedy, at.isoformat())


def _found(each: Check) -> tuple[Finding, ...]:
    try:
        return tuple(each.look())
    except (DatabaseProblem, OSError, Refusal) as problem:
        words = _("This could not be looked at: %(reason)s") % {"reason": str(problem).strip()}
        remedy = _("Put that right, then look again.")
        return (Finding(str(each.label), False, words, remedy),)
