"""The demonstration is not mixed with what is real."""

import pytest

from comity.cli import demo
from comity.conversations.tests.make import a_conversation
from comity.core.refusals import Refusal
from comity.events.testing import count_everything

pytestmark = pytest.mark.django_db


def test_real_conversations_are_not_mixed_with_it() -> None:
    a_conversation()
    before = count_everything()

    with pytest.raises(Refusal, match="of your own"):
        demo.fill()
    assert count_everything() == before


def test_there_is_nothing_to_remove_where_there_is_none() -> None:
    a_conversation()
    before = count_everything()

    with pytest.raises(Refusal, match="no demonstration"):
        demo.remove()
    assert count_everything() == before
