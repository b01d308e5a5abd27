"""One filled house and one fresh one for all tests of pages, as they are and in the language of brackets."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.pages.bracketed import Bracketed
from tests.pages.looking import House, fill, running
from tests.pages.measuring import Mirrored, measure_mirrored
from tests.support.once import once_a_run


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data of the houses, before anybody looked."""
    return once_a_run(tmp_path_factory, "filled", lambda folder: fill(folder / "houses")) / "houses"


@pytest.fixture(scope="session")
def house(filled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The running houses."""
    with running(filled, tmp_path_factory.mktemp("houses") / "running") as found:
        yield found


@pytest.fixture(scope="session")
def bracketed_house(filled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The running houses, in brackets."""
    with running(filled, tmp_path_factory.mktemp("bracketed") / "running", Bracketed) as found:
        yield found


@pytest.fixture(scope="session")
def mirrored(bracketed_house: House, browser: Browser) -> Mirrored:
    """What the other walk found, from right to left and in brackets."""
    return measure_mirrored(bracketed_house, browser)
