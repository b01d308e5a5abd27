"""What a mail costs the database, from the receiver to the stored conversation."""

import threading

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comity.channels.services import InboxDoors
from comity.connectors.email.receiver import Letter, deliver, find_door
from comity.conversations import actions
from comity.conversations.models import Message
from comity.core.actor import system
from comity.events.worker import Worker
from tests.bench.mails import Mail, mails

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = "help@shop.test"
MOST, WITH_FILE = 30, 46
CONTROL = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "PRAGMA")
BETWEEN_PROCESSES = ("SELECT pg_", "SET LOCAL")  # what PostgreSQL needs for others to hear and to wait
REMEMBERED = ('FROM "integrations_webhook"', 'FROM "webchat_visitor"')  # asked every other second, not for a mail


def take_in(mail: Mail, outside: Worker) -> list[str]:
    """Receive a mail and read it; return the statements that this took."""
    with CaptureQueriesContext(connection) as captured:
        door = find_door(InboxDoors("email"), ADDRESS)
        assert door is not None
        deliver(Letter(mail.content, mail.sender, [(door, [ADDRESS])]))
        assert outside.work_off() == 1
    statements = [query["sql"] for query in captured]
    while outside.work_off():  # its files are scanned
        pass
    counted = [sql for sql in statements if not sql.startswith(CONTROL + BETWEEN_PROCESSES)]
    return [sql for sql in counted if not any(table in sql for table in REMEMBERED)]


def test_a_mail_takes_at_most_thirty_statements_and_a_file_some_more() -> None:
    actions.create_inbox(name="Help", channel="email", address=ADDRESS, by=system("tests"))
    outside = Worker(outside=True, stopping=threading.Event())
    sent = mails(120, to=ADDRESS)
    costs = [len(take_in(mail, outside)) for mail in sent]

    assert Message.objects.filter(direction="inbound").count() == len(sent)
    known = sorted(costs[40:])  # a new customer takes a few more, once
    assert known[len(known) // 2] <= MOST, known
    assert known[-1] <= WITH_FILE, known
