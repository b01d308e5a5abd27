"""What docs/webhooks.md tells the other side is true: its example checks what we really send."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from comity.events.testing import settle
from comity.features.integrations import actions
from comity.features.integrations.actions.deliveries import PAUSES
from comity.features.integrations.tests.make import SOMEBODY, a_receiver, a_webhook, something_happens

pytestmark = pytest.mark.django_db
PAGE = Path(__file__).parents[5] / "docs" / "webhooks.md"


@pytest.fixture
def is_from_comity() -> Callable[..., bool]:
    example = re.search(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert example
    names: dict[str, Any] = {}
    exec(example[1], names)
    return names["is_from_comity"]  # type: ignore[no-any-return]


def test_the_example_checks_what_is_sent(is_from_comity: Callable[..., bool], shift_clock: Callable[..., None]) -> None:
    with a_receiver() as receiver:
        webhook = a_webhook(receiver.url)
        rotated = actions.rotate(webhook=webhook, by=SOMEBODY)
        something_happens()
        settle()
        shift_clock(minutes=-10)
        actions.test(webhook=webhook, by=SOMEBODY)
        settle()
    first, old = receiver.received
    assert is_from_comity(webhook.secret, first.headers, first.body)
    assert is_from_comity(rotated.secret, first.headers, first.body)
    assert not is_from_comity(rotated.secret, first.headers, first.body + b" ")
    assert not is_from_comity("whsec_AAAA", first.headers, first.body)
    assert not is_from_comity(rotated.secret, old.headers, old.body)


def test_the_pauses_are_those_of_the_page() -> None:
    assert [pause // 60 for pause in PAUSES[1:3]] == [5, 30]
    assert [pause // 3600 for pause in PAUSES[3:]] == [2, 5, 10, 14, 20, 24]
    words = "after 5 seconds, 5 and 30 minutes, 2, 5, 10, 14, 20 and 24 hours"
    assert PAUSES[0] == 5 and words in PAGE.read_text()
