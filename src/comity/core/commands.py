"""The plug *commands*: do something by name with typed input and a permission.

Rules, macros, the assistant, the API and the command palette all run the same commands.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from typing import Protocol

from django.utils.translation import gettext as _

from .actor import Actor
from .refusals import NotAllowed, Refusal
from .registry import Registry
from .words import Words


@dataclass(frozen=True)
class Command:
    """Something that can be done by name. `input` is a frozen dataclass."""

    name: str
    label: Words
    permission: str
    input: type
    run: Callable[..., object]
    icon: str = "zap"
    key: str = ""


class User(Protocol):
    """What a command needs to know of who runs it: an agent or a token."""

    @property
    def actor(self) -> Actor: ...

    def may(self, permission: str) -> bool: ...


commands: Registry[Command] = Registry("commands")


def command(
    name: str, *, label: Words, permission: str, input: type, icon: str = "zap", key: str = ""
) -> Callable[[Callable[..., object]], Callable[..., object]]:
    """Register `function(user, input)` as a command."""
    if not is_dataclass(input):
        raise TypeError(f"The input of command {name} must be a frozen dataclass.")

    def register(function: Callable[..., object]) -> Callable[..., object]:
        commands.add(name, Command(name, label, permission, input, function, icon, key))
        return function

    return register


def run(name: str, *, user: User, values: dict[str, object]) -> object:
    """Run a command for somebody. Raises NotAllowed, or Refusal for an unknown name or field."""
    known = commands.get(name)
    if known is None:
        raise Refusal(_("There is no command named “%(name)s”.") % {"name": name}, status=404)
    if not user.may(known.permission):
        raise NotAllowed(_("Your role does not allow this."))
    unknown = set(values) - {field.name for field in fields(known.input)}
    if unknown:
        raise Refusal(
            _("“%(name)s” does not know the field “%(field)s”.") % {"name": name, "field": sorted(unknown)[0]},
            status=422,
        )
    return known.run(user, known.input(**values))
