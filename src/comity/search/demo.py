"""The index forgets the demonstration's words when it is removed."""

from comity.core import demo
from comity.core.demo import Demo

from . import actions


def fill(part: Demo) -> None:
    """Nothing: what is new is indexed by the reactions."""


def remove(part: Demo) -> None:
    """Learn the words of what is left."""
    actions.learn_anew()
    actions.optimise()


demo.register("search", demo.Part(order=2, fill=fill, remove=remove))
