"""The typed settings that rooms declare: groups of options, and what a value must be."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from datetime import timedelta
from typing import Any, TypeVar, get_origin, get_type_hints

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from comity.core.refusals import Refusal
from comity.core.registry import Registry

T = TypeVar("T")
Text = str | Promise
LEVELS = ("organisation", "brand", "inbox", "person")  # the nearest one that says something wins
LONGEST_DURATION = 40  # letters
_UNITS = {"d": 86400, "h": 3600, "min": 60, "s": 1}


@dataclass(frozen=True, kw_only=True)
class Option:
    """One setting: its type, its limits and its words."""

    name: str
    type: type
    default: Any
    label: Text
    help: Text
    secret: bool
    offered: Mapping[str, Text] | Callable[[], Mapping[str, Text]]
    min: int | None
    max: int | None
    multiline: bool
    when: str
    goes_to: str

    @property
    def choices(self) -> tuple[tuple[str, Text], ...]:
        """What may be chosen, with its words; () is anything."""
        offered = self.offered() if callable(self.offered) else self.offered
        return tuple(offered.items())


@dataclass(frozen=True, kw_only=True)
class Group:
    """The settings of one dataclass, and at which levels they can be chosen."""

    name: str
    label: Text
    help: Text
    levels: tuple[str, ...]
    permission: str
    type: type
    options: tuple[Option, ...]

    def option(self, name: str) -> Option:
        """Return an option by name. Raises Refusal when the group has none of that name."""
        for known in self.options:
            if known.name == name:
                return known
        raise Refusal(_("There is no setting named “%(name)s”.") % {"name": name}, status=422)


groups: Registry[Group] = Registry("groups of settings")
_names: dict[type, str] = {}


def option(
    default: Any,
    *,
    label: Text,
    help: Text = "",
    secret: bool = False,
    choices: Mapping[str, Text] | Callable[[], Mapping[str, Text]] | None = None,
    min: int | None = None,
    max: int | None = None,
    multiline: bool = False,
    when: str = "",
    goes_to: str = "",
) -> Any:
    """Declare a setting in the dataclass of a group; `when` says when it is shown.

    `choices` may be a function where what may be chosen is not known before, such as rows that people make.

    `goes_to` names the setting with the server to which a secret is given: for another server it must be typed again,
    so that nobody has a stored secret sent to a server of their own.

    `when="security=tls|starttls"` means: while the setting `security` has one of these values; `when="host"`: while
    `host` is not empty.
    """
    words = {"label": label, "help": help, "secret": secret, "multiline": multiline, "when": when, "goes_to": goes_to}
    limits = {"offered": choices or {}, "min": min, "max": max}
    metadata = {"option": words | limits}
    if isinstance(default, list):
        return field(default_factory=lambda: list(default), metadata=metadata)
    return field(default=default, metadata=metadata)


def options_group(
    name: str,
    *,
    label: Text,
    help: Text = "",
    levels: tuple[str, ...] = ("organisation",),
    permission: str = "settings.manage",
) -> Callable[[type[T]], type[T]]:
    """Register a frozen dataclass as a group of settings."""

    def register(cls: type[T]) -> type[T]:
        hints = get_type_hints(cls)
        options = tuple(_option_of(each, hints[each.name]) for each in fields(cls))  # type: ignore[arg-type]
        groups.add(
            name,
            Group(name=name, label=label, help=help, levels=levels, permission=permission, type=cls, options=options),
        )
        _names[cls] = name
        return cls

    return register


def group_of(cls: type) -> Group:
    """Return the group that a dataclass was registered as."""
    return groups[_names[cls]]


def checked(option: Option, value: Any) -> Any:
    """Return a value as the option's type, as it is stored. Raises Refusal with the option's label when it can't be."""
    try:
        plain = _plain(option, value)
    except (TypeError, ValueError):
        raise Refusal(_("“%(label)s”: this value can’t be used.") % {"label": option.label}, status=422) from None
    choices = option.choices
    if choices and plain not in dict(choices):
        raise Refusal(_("“%(label)s”: choose one of the list.") % {"label": option.label}, status=422)
    for limit, sign in ((option.min, -1), (option.max, 1)):
        if limit is not None and isinstance(plain, int) and (plain - limit) * sign > 0:
            words = (
                _("“%(label)s” must be at least %(limit)s.")
                if sign < 0
                else _("“%(label)s” must be at most %(limit)s.")
            )
            shown_limit = duration_text(timedelta(seconds=limit)) if option.type is timedelta else limit
            raise Refusal(words % {"label": option.label, "limit": shown_limit}, status=422)
    return plain


def shown(option: Option, stored: Any) -> Any:
    """Return a stored value as the dataclass has it; one that no longer fits gives the default."""
    try:
        plain = checked(option, stored)
    except Refusal:
        return option.default
    return timedelta(seconds=plain) if option.type is timedelta else plain


def duration(text: str) -> timedelta:
    """Read "1 h 30 min", "2 d", "45 min"; a bare number is minutes. Raises ValueError for anything else."""
    text = text.strip().lower()
    if len(text) > LONGEST_DURATION:
        raise ValueError("longer than any length of time")
    parts = re.findall(r"(\d+)\s*(d|h|min|m|s)(?![a-z])", f"{text}m" if text.isdecimal() else text)
    if not parts or (not text.isdecimal() and re.sub(r"(\d+)\s*(d|h|min|m|s)(?![a-z])|\s", "", text)):
        raise ValueError(text)
    try:
        return timedelta(seconds=sum(int(number) * _UNITS["min" if unit == "m" else unit] for number, unit in parts))
    except OverflowError:
        raise ValueError(text) from None


def duration_text(length: timedelta) -> str:
    """Write a length of time as `duration` reads it."""
    left, parts = int(length.total_seconds()), []
    for unit, size in _UNITS.items():
        number, left = divmod(left, size)
        if number:
            parts.append(f"{number} {unit}")
    return " ".join(parts) or "0 min"


def _option_of(declared: "Field[Any]", hint: Any) -> Option:
    made = declared.default_factory
    default = made() if made is not MISSING else declared.default
    return Option(name=declared.name, type=get_origin(hint) or hint, default=default, **declared.metadata["option"])


def _plain(option: Option, value: Any) -> Any:
    if option.type is timedelta:
        return int((value if isinstance(value, timedelta) else timedelta(seconds=value)).total_seconds())
    if option.type is list:
        return [str(item) for item in value]
    if option.type is bool:
        if not isinstance(value, bool):
            raise TypeError(value)
        return value
    if option.type is int:
        return int(value)
    return str(value)


__all__ = [
    "LEVELS",
    "Group",
    "Option",
    "checked",
    "duration",
    "duration_text",
    "group_of",
    "groups",
    "option",
    "options_group",
    "shown",
]


def kept_for_another(
    group: Group, chosen: Mapping[str, Any], kept: Collection[str], values: Mapping[str, Any]
) -> Option | None:
    """Return the secret that is kept although the server it goes to becomes another one, if there is one.

    `chosen` is what stands at this level, `kept` names its secrets, `values` is what is to be saved.
    """
    for option in group.options:
        server = values.get(option.goes_to)
        is_kept = option.name in kept and option.name not in values
        if option.goes_to and is_kept and server and server != chosen.get(option.goes_to):
            return option
    return None
