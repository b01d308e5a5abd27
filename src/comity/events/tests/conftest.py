"""Each test has its own reactions."""

from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def own_reactions() -> Iterator[None]:
    """Forget the reactions that a test registered."""
    from comity.events import log  # models can only be imported once Django is set up

    known, owed = dict(log.reactions._values), {type: list(names) for type, names in log._owed.items()}
    log.reactions._values.clear()
    log._owed.clear()
    yield
    log.reactions._values.clear()
    log.reactions._values.update(known)
    log._owed.clear()
    log._owed.update(owed)
