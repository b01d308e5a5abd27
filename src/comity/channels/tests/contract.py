"""What every connector must keep, as tests: its own bring a fixture `case` and subclass `KeepsTheContract`.

Real parts on both ends: the frame with its reactions on ours, and on the other whatever the connector speaks to.
"""

import random
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

import pytest

from comity.accounts.tests.make import an_agent
from comity.channels import actions, delivery
from comity.channels.connecting import connector_of
from comity.channels.contract import (
    Connector,
    Context,
    Incoming,
    IncomingMessage,
    IncomingStatus,
    RawRequest,
    Reply,
    Unauthorised,
)
from comity.channels.models import RawMessage, RawState
from comity.channels.registry import kinds
from comity.contacts.kinds import kinds as identity_kinds
from comity.conversations import actions as conversations
from comity.conversations import queries
from comity.conversations.channel import facts
from comity.conversations.models import Conversation, Inbox, Message, Outbox
from comity.core import clock
from comity.core.actor import system
from comity.events.testing import settle

PIECES = b'\x00 \xff\xfe { } " [] null < =?utf-8?b? 1e999 \\ud800 : , -'.split(b" ")
PROGRAMMERS_WORDS = re.compile(r"Traceback|Exception|Errno|\w+Error\b|0x[0-9a-f]+|<class")
GARBAGE = 300  # arrivals of nonsense for each connector


@dataclass
class Case:
    """One connector at work: an inbox of it, arrivals as they come over the wire, and the other end.

    arrival(text, number) is what a customer wrote; the same number is the same message. arrived counts what the other
    end holds of our answers. failures are ways in which the other end fails: a context
    within which an answer is sent, and the states that it may have afterwards.
    """

    inbox: Inbox
    arrival: Callable[[str, int], bytes]
    arrived: Callable[[], int]
    failures: list[tuple[Callable[[], AbstractContextManager[Any]], tuple[str, ...]]] = field(default_factory=list)

    @property
    def connector(self) -> Connector:
        """The connector with its settings as they are now."""
        return connector_of(self.inbox)


class KeepsTheContract:
    """The tests. Subclass it in a connector's tests, with a fixture named `case`."""

    def test_it_is_registered_and_its_facts_are_known(self, case: Case) -> None:
        can = case.connector.capabilities
        known = facts(case.inbox.channel)

        assert kinds[case.inbox.channel].capabilities == can
        assert can.identity_kind in {kind.name for kind in identity_kinds}
        assert (known.typing, known.is_live, known.text_limit) == (can.typing, can.is_live, can.text_limit)

    def test_nonsense_becomes_a_message_or_is_put_aside_and_nothing_else_happens(self, case: Case) -> None:
        connector, chance = case.connector, random.Random(7)
        good = case.arrival("Hello", 1)
        for _ in range(GARBAGE):
            raw = bytearray(good if chance.random() < 0.8 else b"")
            for _piece in range(chance.randint(1, 6)):
                place = chance.randint(0, len(raw))
                piece = chance.choice([*PIECES, chance.randbytes(4)])
                raw[place : place + chance.choice([0, len(piece), 12])] = piece
            for found in _parsed(connector, bytes(raw)):
                assert isinstance(found, IncomingMessage | IncomingStatus)

    def test_what_cannot_be_read_is_kept_and_blocks_nothing(self, case: Case) -> None:
        actions.accept(inbox=case.inbox, raw=b"\x00\xff{", source="nonsense")
        arrive(case, "Hello", 1)

        assert RawMessage.objects.get(source="nonsense").state != RawState.WAITING
        assert Message.objects.filter(direction="inbound", text__contains="Hello").count() == 1

    def test_a_web_request_is_believed_only_with_its_proof(self, case: Case) -> None:
        for body in (b"", b"\xff", b"{}", case.arrival("Hello", 1)):
            request = RawRequest(url="https://x.example/hook", method="POST", headers={"X-Signature": "x"}, body=body)
            with pytest.raises(Unauthorised):
                case.connector.verify(request)
            assert isinstance(case.connector.handshake(request), Reply | None)

    def test_reading_is_pure(self, case: Case, django_assert_num_queries: Any) -> None:
        connector, raw = case.connector, case.arrival("Hello", 1)
        with django_assert_num_queries(0):
            once, again = _parsed(connector, raw), _parsed(connector, raw)

        assert once == again
        assert [one.external_id for one in once] == [one.external_id for one in again] != [""]

    def test_what_a_customer_writes_arrives_once_whatever_repeats_it(self, case: Case) -> None:
        for source in ("a", "a", "b"):
            arrive(case, "Is it in stock?", 1, source=source)
        arrive(case, "And the blue one?", 2, source="c")

        found = Message.objects.filter(direction="inbound").order_by("pk")
        assert [message.text.strip() for message in found] == ["Is it in stock?", "And the blue one?"]
        assert {identity.kind for message in found if (identity := message.author_identity)} == {
            case.connector.capabilities.identity_kind
        }

    def test_an_answer_leaves_once_and_has_one_id_at_every_attempt(self, case: Case) -> None:
        arrive(case, "Question 1", 1)
        before = case.arrived()
        message = answer(case)
        conversations.queue(message=message, by=system("tests"))
        outbox = Outbox(message=message, key=f"message-{message.pk}", queued_at=clock.now())
        outgoing = delivery.outgoing_of(outbox, message)
        ids = {case.connector.external_id_for(outgoing) for _ in range(3)}
        assert len(ids) == 1

        settle()
        delivery.send(message.pk, system("tests"))
        message.refresh_from_db()
        assert (message.state, message.failure) == ("sent", "")
        assert message.external_id in ids | ({message.external_id} if ids == {""} else set())
        assert case.arrived() == before + 1

    def test_an_inbox_that_is_switched_off_sends_nothing(self, case: Case) -> None:
        arrive(case, "Question 1", 1)
        before = case.arrived()
        conversations.set_inbox_active(inbox=case.inbox, is_active=False, by=system("tests"))
        message = answer(case)
        leave()

        message.refresh_from_db()
        assert message.state == "failed"
        assert message.failure
        assert case.arrived() == before

    def test_every_failure_is_one_that_the_frame_knows_with_a_reason_in_plain_words(self, case: Case) -> None:
        for number, (failing, states) in enumerate(case.failures, start=10):
            message = answer(case, number)
            with failing():
                leave()
            message.refresh_from_db()
            assert message.state in states, message.failure
            assert message.failure
            assert not PROGRAMMERS_WORDS.search(message.failure), message.failure
            Outbox.objects.filter(message=message, state="queued").delete()

    def test_its_check_speaks_plain_words(self, case: Case) -> None:
        findings = case.connector.check()

        assert findings
        for finding in findings:
            assert finding.what
            assert finding.ok or finding.message
            assert not PROGRAMMERS_WORDS.search(f"{finding.what} {finding.message}")


def arrive(case: Case, text: str, number: int, *, source: str = "") -> None:
    """Let something arrive, and be read."""
    actions.accept(inbox=case.inbox, raw=case.arrival(text, number), source=source or f"arrival {number}")
    settle()


def answer(case: Case, number: int = 1) -> Message:
    """Return an answer to somebody who wrote; it waits for its moment."""
    arrive(case, f"Question {number}", number)
    conversation = Conversation.objects.order_by("-last_activity_at", "-pk").first()
    assert conversation is not None, "a question opens a conversation"
    return conversations.reply(
        conversation=conversation,
        agent=an_agent(),
        html="<p>We look at it.</p>",
        recipients=queries.reply_all(conversation, conversation.legs.get(inbox=case.inbox)),
    )


def leave() -> None:
    """Let the time to undo pass, where there is one."""
    clock.shift(30)
    try:
        settle()
    finally:
        clock.shift(0)


def _parsed(connector: Connector, raw: bytes) -> list[Incoming]:
    """What a connector finds; ValueError says that it is put aside."""
    try:
        return list(connector.parse(raw, Context(own_addresses=("shop@example.com",))))
    except ValueError:
        return []
