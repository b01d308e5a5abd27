"""Every page of the settings."""

import pytest

from tests.pages.keeping import EachPage
from tests.pages.pages import PAGES

pytestmark = [pytest.mark.browser, pytest.mark.timeout(1500), pytest.mark.long]


class TestSettings(EachPage):
    """They keep to it."""

    pages = [shown for shown in PAGES if shown.address.startswith("/settings")]
