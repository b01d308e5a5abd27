"""The log forgets the demonstration when it is removed."""

from comity.core import demo
from comity.core.demo import Demo

from . import actions


def fill(part: Demo) -> None:
    """Nothing: what happens is recorded as always."""


def remove(part: Demo) -> None:
    """Take everything that is gone out of the log."""
    actions.forget(subjects=part.gone)


demo.register("events", demo.Part(order=0, fill=fill, remove=remove))
