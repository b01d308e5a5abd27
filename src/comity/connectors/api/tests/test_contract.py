"""The API channel keeps the contract of every channel."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from comity.channels.tests.contract import Case, KeepsTheContract
from comity.connectors.api import letters
from comity.connectors.api.tests.make import an_own_inbox
from comity.connectors.api.tests.system import Answer, System, a_system, cuts, cuts_in_the_answer, says
from comity.core import clock

pytestmark = pytest.mark.django_db


class TestOwnSystem(KeepsTheContract):
    """With a system that does as it is told at the other end."""

    @pytest.fixture
    def case(self) -> Iterator[Case]:
        with a_system() as system:
            yield Case(
                inbox=an_own_inbox(system),
                arrival=lambda text, number: letters.write(a_letter(text, number)),
                arrived=lambda: len(system.messages),
                failures=[
                    (answering(system, says(422, {"reason": "No such customer"})), ("failed",)),
                    (answering(system, says(400, text="<h1>Traceback</h1>")), ("failed",)),
                    (answering(system, says(401)), ("failed",)),
                    (answering(system, says(409)), ("failed",)),
                    (answering(system, says(410, {"reason": "They wish no messages"})), ("failed",)),
                    (answering(system, says(302, location="https://example.org/")), ("failed",)),
                    (answering(system, says(429, retry_after="60")), ("queued",)),
                    (answering(system, says(503)), ("queued",)),
                    (answering(system, cuts), ("queued",)),
                    (answering(system, cuts_in_the_answer), ("queued",)),
                    (answering(system, says(200, text="x" * 2_000_000)), ("queued",)),
                ],
            )


def a_letter(text: str, number: int) -> letters.Letter:
    """Return what a person of the system wrote."""
    return letters.Letter(
        id=str(number),
        sender="17 · inbox 1",
        number="17",
        name="Anna Berg",
        email="",
        subject="",
        text=text,
        html="",
        thread="",
        conversation=None,
        uploads=[],
        uploaded_as="",
        sent_at=clock.now().isoformat(),
    )


def answering(system: System, answer: Answer) -> Callable[[], AbstractContextManager[None]]:
    """Return a way in which the system fails for a while."""

    @contextmanager
    def failing() -> Iterator[None]:
        system.always = answer
        try:
            yield
        finally:
            system.always = None

    return failing
