"""Every page of the work itself, at the door and at the desk."""

import pytest

from tests.pages.keeping import EachPage
from tests.pages.pages import PAGES

pytestmark = [pytest.mark.browser, pytest.mark.timeout(1500), pytest.mark.long]


class TestPages(EachPage):
    """They keep to it."""

    pages = [shown for shown in PAGES if not shown.address.startswith("/settings")]
