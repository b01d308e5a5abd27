"""axe finds no violation on any page, in light, in dark and on a phone, and no page complains in its console."""

import pytest

from tests.pages.measuring import Measured, Mirrored

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]


def test_every_page_comes_into_its_state_without_mistakes(measured: Measured, mirrored: Mirrored) -> None:
    errors = [*measured.errors, *mirrored.errors]

    assert not errors, "\n" + "\n".join(errors)


def test_no_page_has_a_violation(measured: Measured) -> None:
    assert not measured.axe, "\n" + "\n".join(measured.axe)
