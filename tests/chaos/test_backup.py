"""A backup that is made under mail from both sides comes back elsewhere consistent, and repeats nothing."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from comity.core import clock
from tests.backup.copies import backup, restore
from tests.chaos.house import LATER, House, a_house
from tests.chaos.people import Answers, Customers, a_mail, deliver
from tests.chaos.sink import TAKEN, Sink
from tests.support.live import LiveComity, StartLive

pytestmark = [pytest.mark.chaos, pytest.mark.both]


@pytest.fixture
def house(start_live: StartLive) -> Iterator[House]:
    with a_house(start_live(), Sink(slow=0.1)) as house:
        yield house


def elsewhere(house: House, folder: Path, request: pytest.FixtureRequest) -> LiveComity:
    """Return a program on another machine, so to say: an empty folder, and an empty database."""
    url = request.getfixturevalue("postgres").new_database() if house.has_worker else ""
    folder.mkdir()
    return LiveComity(folder, database_url=url)


def go_on(house: House, restored: LiveComity) -> None:
    """The first machine is lost; what was restored starts, when the leases of the dead have ended."""
    house.kill()
    house.live = house.agent.live = restored
    if house.has_worker:
        house.live.python("from tests.chaos import look; look.end_leases()")
        clock.shift(LATER)
    house.start()
    house.agent = type(house.agent)(restored)  # everybody was signed out
    house.settle()


def test_under_load(house: House, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    customers = Customers(house.live)
    answers = Answers(house.agent, lambda: max(4, len(customers.accepted) // 2))
    customers.start()
    wait_for(lambda: len(customers.accepted) > 10)
    answers.start()
    wait_for(lambda: len(answers.confirmed) > 5)

    before = set(customers.accepted), set(answers.confirmed)
    backup(house.live, tmp_path / "saved", "--encrypt", COMITY_BACKUP_PASSPHRASE="four wooden ducks")
    wait_for(lambda: len(customers.accepted) > len(before[0]) + 5)
    customers.stop()
    answers.stop()
    house.kill()
    left_before = house.sink.times()
    restored = elsewhere(house, tmp_path / "there", request)
    restore(tmp_path / "saved", restored, COMITY_BACKUP_PASSPHRASE="four wooden ducks")
    go_on(house, restored)

    found = house.look()
    outbound = {row["pk"]: row for row in found["outbound"]}
    assert before[0] <= set(found["inbound"]) <= customers.written
    assert set(found["inbound"].values()) == {1}
    assert before[1] <= set(outbound)
    assert {row["state"] for row in outbound.values()} <= {"sent", "unknown"}
    assert house.sink.times() == left_before, "something left by itself after the restore"
    assert all(left_before[row["external_id"]] == 1 for row in outbound.values() if row["state"] == "sent")
    doubted = {f"outgoing message {pk}:" for pk, row in outbound.items() if row["state"] == "unknown"}
    assert [one for one in found["problems"] if not any(one.startswith(name) for name in doubted)] == []
    assert found["parked"] == []

    known = next(iter(before[0]))
    assert deliver(restored, a_mail(known, "customer1@customers.test", "the same once more").as_bytes())
    fresh = house.agent.reply(1, "Written after the restore")
    house.settle()
    assert house.look()["inbound"][known] == 1
    assert house.state(fresh) == "sent"
    assert max(house.sink.times().values()) == 1, "a new message has the name of one that left before"


def test_what_was_half_way_is_sent_again_by_a_person_only(
    house: House, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    assert deliver(house.live, a_mail("<one@customers.test>", "anna@customers.test", "a plan").as_bytes())
    house.settle()
    house.sink.hold(TAKEN)
    leaving = house.agent.reply(1, "Half-way when the backup is made")
    house.sink.wait()
    backup(house.live, tmp_path / "saved")
    house.sink.go_on()
    house.settle()
    assert house.state(leaving) == "sent"
    restored = elsewhere(house, tmp_path / "there", request)
    restore(tmp_path / "saved", restored)
    go_on(house, restored)
    assert house.state(leaving) == "unknown"
    assert sorted(house.sink.times().values()) == [1]

    house.agent.send_again(leaving)
    house.settle()
    assert house.state(leaving) == "sent"
    assert sorted(house.sink.times().values()) == [2]  # under the same name, so that the other side may know it


def wait_for(what: object) -> None:
    """Wait until it is so."""
    until = time.monotonic() + 150
    while not what():  # type: ignore[operator]
        assert time.monotonic() < until
        time.sleep(0.02)
