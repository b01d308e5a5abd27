"""The demonstration's pictures and papers leave the store at once when it is removed."""

from comity.core import demo
from comity.core.demo import Demo

from . import actions


def fill(part: Demo) -> None:
    """Nothing: files come with messages."""


def remove(part: Demo) -> None:
    """Remove the files that were released, where nobody else needs them; what was recorded of the others stays."""
    released = [int(stream.removeprefix("file:")) for stream in part.gone if stream.startswith("file:")]
    part.gone = [stream for stream in part.gone if not stream.startswith("file:")]
    part.lose("file", actions.remove_unneeded(files=released))


demo.register("files", demo.Part(order=1, fill=fill, remove=remove))
