"""A kill before, during and after a message is handed over: it is tried again, unknown, or sent. Never sent twice."""

from collections.abc import Iterator

import pytest

from tests.chaos.house import House, a_house
from tests.chaos.people import a_mail, deliver
from tests.chaos.sink import BEFORE, DURING, TAKEN, Sink
from tests.support.live import StartLive

pytestmark = [pytest.mark.chaos, pytest.mark.both]


@pytest.fixture(scope="module")
def _house(start_live: StartLive) -> Iterator[House]:
    """A program with one conversation."""
    with a_house(start_live(), Sink()) as house:
        assert deliver(house.live, a_mail("<first@customers.test>", "anna@customers.test", "steam").as_bytes())
        house.settle()
        yield house


@pytest.fixture
def house(_house: House) -> Iterator[House]:
    yield _house
    _house.sink.go_on()


def times(house: House, message: int) -> int:
    """How often the mail server accepted a message."""
    found = {row["pk"]: row["external_id"] for row in house.look()["outbound"]}
    return house.sink.times()[found[message]]


def test_before_the_body_it_is_tried_again_by_itself(house: House) -> None:
    house.sink.hold(BEFORE)
    message = house.agent.reply(1, "Killed before the body")
    house.sink.wait()
    house.kill()
    house.sink.go_on()
    house.recover()
    assert house.state(message) == "sent"
    assert times(house, message) == 1


@pytest.mark.parametrize(("point", "arrived"), [(DURING, 0), (TAKEN, 1)])
def test_once_the_body_goes_out_a_person_decides(house: House, point: str, arrived: int) -> None:
    house.sink.hold(point)
    message = house.agent.reply(1, f"Killed when {point}")
    house.sink.wait()
    house.kill()
    house.sink.go_on()
    house.recover()
    assert house.state(message) == "unknown"
    assert times(house, message) == arrived

    house.agent.send_again(message)
    house.settle()
    assert house.state(message) == "sent"
    assert times(house, message) == arrived + 1, "the same Message-ID as before"


def test_afterwards_it_stays_sent(house: House) -> None:
    message = house.agent.reply(1, "Killed afterwards")
    house.settle()
    house.kill()
    house.recover()
    assert house.state(message) == "sent"
    assert times(house, message) == 1
