"""Moves the clock of this test and of every program that it started."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from types import SimpleNamespace

import pytest

from comity.core import clock, limits


@pytest.fixture
def shift_clock() -> Iterator[Callable[..., None]]:
    """Move the clock forward from the real time: `shift_clock(days=3)`. Each call replaces the one before."""

    def move(**by: float) -> None:
        clock.shift(timedelta(**by).total_seconds())

    yield move
    clock.shift(0)


@pytest.fixture
def one_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let all calls that are counted fall into one minute: else the next may begin between two of them."""
    monkeypatch.setattr(limits, "time", SimpleNamespace(monotonic=lambda: 630.0))
