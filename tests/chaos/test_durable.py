"""What was answered 250 is on the disk: the stand-in for pulling the plug."""

import os
import smtplib
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from comity.channels.models import RawMessage
from comity.channels.services import InboxDoors
from comity.connectors.email.receiver import THREADS, Receiver
from comity.conversations import actions as conversations
from comity.core.actor import system
from comity.files import queries as files
from tests.chaos.people import ADDRESS, LARGE, a_mail
from tests.support.live import LiveComity

pytestmark = [pytest.mark.chaos, pytest.mark.both]


def test_the_running_programs_commits_wait_for_the_disk(live: LiveComity) -> None:
    sql = "PRAGMA synchronous" if "COMITY_DATABASE_URL" not in live.environment else "SHOW synchronous_commit"
    code = f"from django.db import connection as c; k = c.cursor(); k.execute({sql!r}); print(k.fetchone()[0])"
    assert live.python(code) in ("2", "on")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """The receiver, here, on a free port."""
    receiver, stop = Receiver(InboxDoors("email"), "127.0.0.1", 0), threading.Event()
    thread = threading.Thread(target=receiver.run, args=(stop,), daemon=True)
    thread.start()
    assert receiver.ready.wait(60)
    yield receiver
    together = threading.Barrier(THREADS)

    def close() -> None:
        together.wait(60)
        connection.close()

    for done in [receiver._threads.submit(close) for _ in range(THREADS)]:
        done.result()
    stop.set()
    thread.join(60)


@pytest.mark.django_db(transaction=True)
def test_a_large_mail_is_synced_with_its_folder_before_its_row_and_before_250(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[tuple[str, bool]] = []
    real = os.fsync

    def fsync(number: int) -> None:
        synced.append((os.readlink(f"/proc/self/fd/{number}"), RawMessage.objects.exists()))
        real(number)

    conversations.create_inbox(name="Help", channel="email", address=ADDRESS, by=system("chaos"))
    mail = a_mail("<large@customers.test>", "anna@customers.test", "a plan")
    mail.add_attachment(os.urandom(LARGE), maintype="application", subtype="pdf", filename="plan.pdf")
    monkeypatch.setattr(os, "fsync", fsync)
    with smtplib.SMTP("127.0.0.1", receiver.port, timeout=20) as smtp:
        smtp.sendmail("anna@customers.test", [ADDRESS], mail.as_bytes())
        before_250 = list(synced)

    [raw] = RawMessage.objects.all()
    digest = files.of_owner(raw.stream)[0].file.digest
    store = Path(settings.DATA) / "files"
    assert [is_there for _path, is_there in before_250] == [False] * len(before_250)
    assert before_250[0][0].startswith(str(store / "incoming"))
    assert str(store / digest[:2] / digest[2:4]) in [path for path, _is_there in before_250]
