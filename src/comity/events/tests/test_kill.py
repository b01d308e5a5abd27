"""kill -9 at any moment: what was accepted is there, each effect once, each timer once."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from comity.events import claims, queries
from comity.events.models import Event, Run, Timer
from comity.events.tests.make import running, until
from comity.events.tests.toys import REACTIONS, register

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.chaos, pytest.mark.both]
ROUNDS = int(os.environ.get("ROUNDS", "5"))


def start(accepted: Path, number: int) -> "subprocess.Popen[bytes]":
    """Start a program that takes in events and runs their reactions on this test's database."""
    name = connection.settings_dict["NAME"]
    command = [sys.executable, "-m", "comity.events.tests.toys", str(name), str(accepted), str(number)]
    here = str(Path(__file__).parents[3])
    return subprocess.Popen(
        command, env={**os.environ, "PYTHONPATH": here, "DJANGO_SETTINGS_MODULE": "comity.events.tests.settings"}
    )


def stored() -> int:
    connection.close()  # the first look after a crash is a new connection's
    return Event.objects.filter(type="toy.made").count()


def test_kill_at_random_moments_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    chance = random.Random()
    programs = 1 if connection.vendor == "sqlite" else 2
    settings.DATA.mkdir(parents=True, exist_ok=True)
    files = []
    for round in range(ROUNDS):
        before = stored()
        running_now = []
        for number in range(programs):
            files.append(tmp_path / f"{round}-{number}")
            running_now.append(start(files[-1], round * 10 + number))
        until(lambda before=before: stored() > before, 20)
        time.sleep(chance.uniform(0.05, 0.8))
        for program in running_now:
            program.send_signal(signal.SIGKILL)
            program.wait()

    accepted = [int(line) for file in files if file.exists() for line in file.read_text().split("\n")[:-1] if line]
    register()
    claims.free_all()  # the dead are dead; leases would say so in a minute
    with running(threads=2):
        until(lambda: queries.is_idle() and not Timer.objects.filter(type="toy.due").exists(), 60)

    events = set(Event.objects.filter(type="toy.made").values_list("id", flat=True))
    assert set(accepted) <= events, "an accepted event is missing"
    effects = Counter(Event.objects.filter(type="toy.done").values_list("cause", "data__reaction"))
    wanted = Counter({(event, name): 1 for event in events for name in REACTIONS})
    assert effects == wanted
    due = Counter(Event.objects.filter(type="toy.due").values_list("subject", flat=True))
    assert due == Counter({f"toy:due-{event}": 1 for event in events})
    assert Run.objects.count() == 0
    print(f"{ROUNDS} kills: {len(accepted)} accepted, {len(events)} stored, {sum(effects.values())} effects, each once")
    assert len(accepted) > 5 * ROUNDS
