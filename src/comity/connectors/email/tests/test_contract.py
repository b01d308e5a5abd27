"""E-mail keeps the contract of every channel."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from comity.accounts.actions.settings import save
from comity.accounts.registry import groups
from comity.channels.tests.contract import Case, KeepsTheContract
from comity.connectors.email.tests.make import SUPPORT, a_mail
from comity.connectors.email.tests.peers import Peer, running
from comity.conversations.tests.make import SOMEBODY, an_inbox

pytestmark = pytest.mark.django_db


class TestMail(KeepsTheContract):
    """With a mail server that does as it is told at the other end."""

    @pytest.fixture
    def case(self) -> Iterator[Case]:
        inbox = an_inbox(address=SUPPORT)
        with running(Peer()) as peer:
            values = {"smtp_host": "127.0.0.1", "smtp_port": peer.port, "smtp_security": "none"}
            save(group=groups["email"], level=("inbox", inbox.pk), values=values, by=SOMEBODY)
            yield Case(
                inbox=inbox,
                arrival=lambda text, number: a_mail(text, message_id=f"<{number}@home.example>"),
                arrived=lambda: len(peer.mails),
                failures=[
                    (answering(peer, RCPT="550 no such user"), ("failed",)),
                    (answering(peer, DATA="554 we take no such mail"), ("failed",)),
                    (answering(peer, MAIL="421 come back later"), ("queued",)),
                    (answering(peer, DATA="drop"), ("unknown",)),
                ],
            )


def answering(peer: Peer, **answers: str) -> Callable[[], AbstractContextManager[None]]:
    """Return a way in which the server fails for a while."""

    @contextmanager
    def failing() -> Iterator[None]:
        peer.answers.update(answers)
        try:
            yield
        finally:
            peer.answers.clear()

    return failing
