"""Being asked to stop under load: nothing is lost or left unknown that could be finished, and it ends in time."""

import time
from collections.abc import Iterator

import pytest

from tests.chaos.house import House, a_house
from tests.chaos.people import Answers, Customers, a_mail, deliver
from tests.chaos.rounds import compare
from tests.chaos.sink import TAKEN, Sink
from tests.support.live import StartLive
from tests.support.pace import slowness

pytestmark = [pytest.mark.chaos, pytest.mark.both]


@pytest.fixture
def house(start_live: StartLive) -> Iterator[House]:
    with a_house(start_live(), Sink(slow=0.1)) as house:
        assert deliver(house.live, a_mail("<first@customers.test>", "anna@customers.test", "steam").as_bytes())
        house.settle()
        yield house


def test_under_load_it_ends_within_five_seconds_and_loses_nothing(house: House) -> None:
    customers = Customers(house.live)
    answers = Answers(house.agent, lambda: len(customers.accepted))
    for load in (customers, answers):
        load.start()
    while len(customers.accepted) < 20 or len(answers.confirmed) < 5:
        assert not customers.surprises and not answers.surprises
        time.sleep(0.02)
    seconds = house.stop()
    for load in (customers, answers):
        load.stop()
    assert seconds < 5 * slowness()

    house.start()
    house.settle()
    customers.written.add("<first@customers.test>")
    result = compare(house, customers, answers, house.look())
    assert result.problems == []
    assert result.replies["unknown"] == 0
    assert result.replies["sent"] == sum(result.replies.values()) >= 5


def test_a_message_that_is_being_handed_over_is_finished(house: House) -> None:
    house.sink.hold(TAKEN)
    message = house.agent.reply(1, "Nearly there")
    house.sink.wait()

    def confirm_late() -> None:
        time.sleep(6)
        house.sink.go_on()

    assert 6 < house.stop(confirm_late) < 15 * slowness()
    house.start()
    house.settle()
    assert house.state(message) == "sent"
    assert sum(house.sink.times().values()) == 1


def test_a_mail_server_that_never_answers_does_not_hold_it_up(house: House) -> None:
    house.sink.hold(TAKEN)
    message = house.agent.reply(1, "Never confirmed")
    house.sink.wait()
    assert house.stop() < 15 * slowness()
    house.sink.go_on()
    house.recover()
    assert house.state(message) == "unknown"
    assert sum(house.sink.times().values()) == 1
