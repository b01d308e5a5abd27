"""What colleagues were told of the demonstration goes with it."""

from comity.core import demo
from comity.core.demo import Demo

from . import actions


def fill(part: Demo) -> None:
    """Nothing: whoever is told something is told by the reactions."""


def remove(part: Demo) -> None:
    """Take away every notice about what is gone."""
    actions.forget_subjects(subjects=part.gone)


demo.register("notices", demo.Part(order=3, fill=fill, remove=remove))
