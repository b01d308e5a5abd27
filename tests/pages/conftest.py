"""One filled house and one fresh one for all tests of pages."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.pages.looking import House, houses


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[House]:
    """The running houses."""
    with houses(tmp_path_factory.mktemp("houses")) as found:
        yield found
