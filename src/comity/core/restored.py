"""The port *restored*: what a room settles in a database that comes back from a backup, before anything starts.

The world went on after the backup. Whatever was about to leave then may have left, so no room repeats it by itself.
"""

from collections.abc import Iterable
from typing import Protocol

from .actor import Actor
from .ports import Port


class Restored(Protocol):
    """A room with effects outside of the database."""

    def settle(self, *, by: Actor, inboxes_off: bool) -> Iterable[str]:
        """Settle it in the transaction around, and say what was done, a sentence each.

        With `inboxes_off` the copy is only looked at: switch off whatever would talk to the world by itself.
        """
        ...


RESTORED: Port[Restored] = Port("restored")
