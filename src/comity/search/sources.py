"""Where a rebuild of the index takes its documents from: each room answers for its own kinds."""

from collections.abc import Iterator
from typing import Any, Protocol

from comity.core.ports import Port

REBUILD = "search.rebuild"  # the kind of the long job


class Source(Protocol):
    """All findable things of one kind."""

    @property
    def kind(self) -> str:
        """The kind, as documents name it."""
        ...

    def total(self) -> int:
        """About how many there are, for the progress."""
        ...

    def iterate(self, after_id: int) -> Iterator[dict[str, Any]]:
        """Yield what `search.actions.index` wants of each, by rising object id, beginning after one."""
        ...


SOURCES: Port[Source] = Port("search sources")
