"""The demonstration has everything to show, sends nothing, refuses to mix, and leaves nothing behind."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import Count, F

from comity.accounts import queries as accounts
from comity.accounts.actions import roles
from comity.accounts.models import Agent, Organisation
from comity.accounts.options import ORGANISATION, SystemMailOptions, save
from comity.accounts.registry import group_of
from comity.accounts.tests.make import an_agent
from comity.channels.models import RawMessage
from comity.cli import demo
from comity.connectors.email.demo.welcome import welcome
from comity.connectors.email.tests.peers import Peer, running
from comity.contacts.models import Contact
from comity.contacts.queries import duplicates
from comity.conversations import actions
from comity.conversations.models import (
    Conversation,
    Direction,
    Interval,
    Message,
    MessageState,
    Priority,
    ReadMark,
    Status,
)
from comity.conversations.recipients import To
from comity.conversations.tests.make import a_conversation, an_inbox
from comity.core import clock
from comity.core.actor import system
from comity.core.refusals import Refusal
from comity.events.log import Event
from comity.events.models import Run
from comity.events.testing import count_everything, rolled_back, settle
from comity.files.models import Reference, StoredFile
from comity.search.models import SearchDoc

pytestmark = pytest.mark.django_db
CROWD = 25


@dataclass
class Shop:
    """The filled demonstration, what there was before it, and a mail server that must stay idle."""

    before: dict[str, object]
    peer: Peer


@pytest.fixture(scope="module")
def shop(django_db_setup: None, django_db_blocker: pytest.FixtureDef[None]) -> Iterator[Shop]:
    """Fill once for all tests of this file."""
    with django_db_blocker.unblock(), running(Peer()) as peer, transaction.atomic():  # type: ignore[attr-defined]
        roles.ensure_builtin_roles()
        values = {"host": "127.0.0.1", "port": peer.port, "security": "none", "sender": "desk@desk.example"}
        save(group=group_of(SystemMailOptions), level=ORGANISATION, values=values, by=system("test"))
        before = count_everything()
        demo.fill(crowd=CROWD)
        yield Shop(before, peer)
        transaction.set_rollback(True)


def test_every_state_is_there(shop: Shop) -> None:
    shown = Conversation.objects.filter(deleted_at=None, merged_into=None)

    assert set(shown.values_list("status", flat=True)) == set(Status.values)
    assert Conversation.objects.filter(deleted_at__isnull=False).count() >= 2
    assert Conversation.objects.filter(merged_into__isnull=False).count() >= 2
    assert {"failed", "unknown", "queued", "scheduled", "sent", "delivered", "read", "received"} <= set(
        Message.objects.values_list("state", flat=True)
    )
    assert set(shown.values_list("priority", flat=True)) >= {Priority.NORMAL, Priority.HIGH, Priority.URGENT}
    assert Message.objects.filter(sender_check="fail").exists()


def test_sixty_conversations_are_written_by_hand_in_many_languages(shop: Shop) -> None:
    assert Conversation.objects.count() - CROWD >= 60
    languages = set(Conversation.objects.values_list("contact__language", flat=True))
    assert {"en", "de", "fr", "es", "ar", "ja", "it", "pl"} <= languages


def test_mail_came_in_by_the_door_and_was_read(shop: Shop) -> None:
    assert RawMessage.objects.count() == Message.objects.filter(direction=Direction.INBOUND).count()
    assert set(RawMessage.objects.values_list("state", flat=True)) == {"stored"}
    assert Reference.objects.filter(owner_kind="message", is_inline=True).count() >= 5
    kinds = set(Reference.objects.filter(owner_kind="message").values_list("content_type", flat=True))
    assert {"image/png", "application/pdf"} <= kinds


def test_history_is_in_order_and_in_the_past(shop: Shop) -> None:
    conversations = list(Conversation.objects.order_by("pk").values_list("created_at", flat=True))
    assert conversations == sorted(conversations)
    assert conversations[-1] <= clock.now()
    assert (conversations[-1] - conversations[0]).days >= 90
    ended = Interval.objects.exclude(ended_at=None)
    assert ended.exists()
    assert not ended.filter(ended_at__lt=F("started_at")).exists()
    times = Conversation.objects.annotate(number=Count("messages")).values_list("last_activity_at", flat=True)
    assert max(times) <= clock.now()


def test_people_can_be_found_merged_and_told(shop: Shop) -> None:
    elodie = Contact.objects.get(name="Élodie Marchetti-Vance")
    assert elodie.identities.count() >= 4
    with rolled_back():
        found = duplicates(elodie, user=an_agent(role="administrator"))
        assert "Elodie Marchetti-Vance" in [one.contact.name for one in found]
    indexed = set(SearchDoc.objects.filter(kind="conversation").values_list("object_id", flat=True))
    assert indexed == set(Conversation.objects.filter(merged_into=None).values_list("pk", flat=True))
    assert not Run.objects.exists()


def test_nobody_of_the_shop_can_sign_in(shop: Shop) -> None:
    assert not [agent for agent in Agent.objects.all() if agent.has_usable_password()]
    assert not accounts.is_set_up()  # the first administrator's link is still to be used


def test_nothing_is_sent_outside_now_or_later(shop: Shop) -> None:
    with rolled_back():
        settle()
        conversation = Conversation.objects.get(subject="Petrol or oat? I can’t decide")
        to = [To("to", "ngozi@adichieobi.example")]
        reply = actions.reply(
            conversation=conversation, agent=an_agent(role="administrator"), html="<p>Oat.</p>", recipients=to
        )
        with clock.at(clock.now() + timedelta(days=3)):
            settle()
        assert Message.objects.get(pk=reply.pk).state == MessageState.SENT
    assert shop.peer.mails == []


def test_the_administrator_finds_something_to_do(shop: Shop) -> None:
    with rolled_back():
        agent = an_agent(role="administrator")
        welcome(agent=agent, by=system("test"))
        welcome(agent=agent, by=system("test"))
        assert Conversation.objects.filter(assignee=agent).count() == 3
        done = Conversation.objects.filter(status="resolved", deleted_at=None, merged_into=None).count()
        assert ReadMark.objects.filter(agent=agent, conversation__status="resolved").count() == done
        assert Message.objects.filter(direction=Direction.NOTE, html__contains=f'data-id="{agent.pk}"').count() == 1


def test_it_leaves_nothing_behind(shop: Shop) -> None:
    with rolled_back():
        demo.remove()
        assert count_everything() == shop.before
        assert not StoredFile.objects.exists()


def test_what_is_the_organisations_own_stays(shop: Shop) -> None:
    with rolled_back():
        Organisation.objects.create(name="Kestrel Tools")
        inbox = an_inbox(address="desk@kestrel.example")
        agent = an_agent(role="administrator")
        own = a_conversation(inbox=inbox, text="A real question")
        customer = Contact.objects.get(name="Ngozi Adichie-Obi")
        identity = customer.identities.get(kind="email")
        known = a_conversation(inbox=inbox, identity=identity)
        events = Event.objects.filter(subject=own.stream).count()

        demo.remove()

        assert set(Conversation.objects.values_list("pk", flat=True)) == {own.pk, known.pk}
        assert Contact.objects.filter(pk=customer.pk).exists()
        assert list(Agent.objects.all()) == [agent]
        assert Event.objects.filter(subject=own.stream).count() == events
        brand = accounts.default_brand()
        assert brand is not None
        assert (brand.name, brand.beside_demo) == ("Kestrel Tools", False)  # type: ignore[attr-defined]


def test_a_mixed_conversation_is_said_instead_of_lost(shop: Shop) -> None:
    with rolled_back():
        own = a_conversation(inbox=an_inbox(address="desk@kestrel.example"))
        target = Conversation.objects.get(subject="Petrol or oat? I can’t decide")
        actions.merge(source=own, target=target, by=system("test"))
        with pytest.raises(Refusal, match="your own inbox"):
            demo.remove()


def test_it_is_not_filled_twice(shop: Shop) -> None:
    with pytest.raises(Refusal, match="already"):
        demo.fill()
