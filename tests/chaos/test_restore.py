"""A copy of the data folder, taken while the program works, starts elsewhere and goes on. It repeats nothing."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.house import House, a_house
from tests.chaos.people import a_mail, deliver
from tests.chaos.sink import TAKEN, Sink
from tests.support.live import LiveComity, StartLive

pytestmark = [
    pytest.mark.chaos,
    pytest.mark.skipif(bool(os.environ.get("COMITY_DATABASE_URL")), reason="there its own tools copy the database"),
]


@pytest.fixture
def house(start_live: StartLive) -> Iterator[House]:
    with a_house(start_live(), Sink()) as house:
        yield house


def copy(live: LiveComity, folder: Path) -> LiveComity:
    """Copy the database by SQLite's own means, then the files; returns a program on the copy."""
    copied = LiveComity(folder)
    copied.data.mkdir()
    with sqlite3.connect(live.data / "comity.sqlite3") as source, sqlite3.connect(copied.data / "comity.sqlite3") as to:
        source.backup(to)
    for found in live.data.iterdir():
        if found.is_dir():
            shutil.copytree(found, copied.data / found.name)
        elif not found.name.startswith("comity.sqlite3"):
            shutil.copy2(found, copied.data / found.name)
    return copied


def test_a_copy_goes_on_and_sends_nothing_twice(house: House, tmp_path: Path) -> None:
    large = a_mail("<large@customers.test>", "anna@customers.test", "a plan")
    large.add_attachment(os.urandom(200_000), maintype="application", subtype="pdf", filename="plan.pdf")
    assert deliver(house.live, large.as_bytes())
    house.settle()
    sent = house.agent.reply(1, "Sent before the copy")
    house.settle()
    house.sink.hold(TAKEN)
    leaving = house.agent.reply(1, "Half-way when the copy is made")
    house.sink.wait()
    restored = copy(house.live, tmp_path)
    house.kill()
    house.sink.go_on()

    house.live = restored
    house.start()
    house.settle()
    assert (house.state(sent), house.state(leaving)) == ("sent", "unknown")
    assert sorted(house.sink.times().values()) == [1, 1]

    house.agent.live = restored
    again = house.agent.reply(1, "Written after the copy")
    assert deliver(restored, a_mail("<later@customers.test>", "ben@customers.test", "steam").as_bytes())
    house.settle()
    found = house.look()
    assert house.state(again) == "sent"
    assert found["inbound"] == {"<large@customers.test>": 1, "<later@customers.test>": 1}
    assert found["problems"] == []
