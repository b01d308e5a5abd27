"""kill -9 at random moments under mail from both sides: everything is there once, and nothing leaves twice.

The issue's fifty rounds are run by `bench/chaos`.
"""

import os
import random

import pytest

from tests.chaos.house import a_house
from tests.chaos.rounds import run
from tests.chaos.sink import Sink
from tests.support.live import StartLive

pytestmark = [pytest.mark.chaos, pytest.mark.both]
ROUNDS = int(os.environ.get("ROUNDS", "5"))


def test_kills_under_load_lose_nothing_and_double_nothing(start_live: StartLive) -> None:
    chance = random.Random()
    with a_house(start_live(), Sink(slow=0.15)) as house:
        result = run(house, rounds=ROUNDS, chance=chance)
    print(result)
    assert result.problems == []
    assert result.stored >= result.accepted > ROUNDS
    assert result.replies["sent"] > ROUNDS
