"""Every page of the settings."""

import pytest
from playwright.sync_api import Browser

from tests.pages.keeping import EachPage
from tests.pages.looking import House
from tests.pages.measuring import Measured, measure
from tests.pages.pages import PAGES

pytestmark = [pytest.mark.browser, pytest.mark.timeout(1500), pytest.mark.long]


@pytest.fixture(scope="module")
def measured(house: House, browser: Browser) -> Measured:
    """What one walk over them found."""
    return measure([shown for shown in PAGES if shown.address.startswith("/settings")], house, browser)


class TestSettings(EachPage):
    """They keep to it."""
