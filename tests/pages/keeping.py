"""What every page keeps to as most see it: axe finds nothing, nothing is cut off or moves, no console complains."""

from collections.abc import Sequence
from typing import ClassVar

import pytest
from playwright.sync_api import Browser

from tests.pages.looking import House
from tests.pages.measuring import Measured, measure
from tests.pages.pages import Shown


class EachPage:
    """A walk over some of the pages."""

    pages: ClassVar[Sequence[Shown]] = ()

    @pytest.fixture(scope="class")
    @classmethod
    def measured(cls, house: House, browser: Browser) -> Measured:
        """What the walk found."""
        return measure(cls.pages, house, browser)

    def test_every_page_comes_into_its_state_without_mistakes(self, measured: Measured) -> None:
        assert not measured.errors, "\n" + "\n".join(measured.errors)

    def test_no_page_has_a_violation_in_light_in_dark_and_on_a_phone(self, measured: Measured) -> None:
        assert not measured.axe, "\n" + "\n".join(measured.axe)

    def test_nothing_is_cut_off_narrow_or_enlarged(self, measured: Measured) -> None:
        assert not measured.cut, "\n" + "\n".join(measured.cut)

    def test_a_finger_finds_everything_on_a_phone(self, measured: Measured) -> None:
        assert not measured.small, "\n" + "\n".join(measured.small)

    def test_nothing_moves_for_who_wants_no_motion(self, measured: Measured) -> None:
        assert not measured.moves, "\n" + "\n".join(measured.moves)
