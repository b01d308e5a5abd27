"""A program to be killed: takes in events as fast as it can, sets timers, and runs the reactions."""

import os
import random
import sys
import time
from pathlib import Path

REACTIONS = [f"reaction_{number}" for number in range(4)]


def register() -> None:
    """Know the reactions: three in their transaction, one outside that is made idempotent by looking first."""
    from django.db import transaction

    from comity.events import log
    from comity.events.models import Event
    from comity.events.tests.make import BY, a_reaction

    def effect(name: str, event: Event) -> None:
        log.record("toy.done", subject=event.subject, by=BY.because_of(event.pk), reaction=name)
        if random.random() < 0.01:
            time.sleep(0.01)  # a longer moment between the effect and its commit

    def outside(name: str, event: Event) -> None:
        with transaction.atomic():
            if not Event.objects.filter(subject=event.subject, cause=event.pk, data__reaction=name).exists():
                effect(name, event)

    for name in REACTIONS[:-1]:
        a_reaction(name, "toy.made", does=lambda event, name=name: effect(name, event))
    last = REACTIONS[-1]
    a_reaction(last, "toy.made", does=lambda event: outside(last, event), outside=True)


def main(database: str, accepted: str, seed: str) -> None:
    """Take in until killed; what is written to the file was accepted."""
    import django
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = database
    django.setup()
    from datetime import timedelta

    from django.db import transaction

    from comity.core import clock
    from comity.events import log
    from comity.events.runner import Runner
    from comity.events.tests.make import BY

    register()
    Runner(2, 1).start()
    chance = random.Random(seed)
    with Path(accepted).open("a") as file:
        while True:
            with transaction.atomic():
                event = log.record("toy.made", subject=f"toy:{chance.randint(1, 50)}", by=BY)
                at = clock.now() + timedelta(seconds=chance.uniform(0, 0.5))
                log.set_timer("toy.due", subject=f"toy:due-{event.pk}", at=at, by=BY)
            file.write(f"{event.pk}\n")
            file.flush()
            os.fsync(file.fileno())


if __name__ == "__main__":
    main(*sys.argv[1:])
