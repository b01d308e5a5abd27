"""What is said is found at once, and costs the search index the same however long the conversation is."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from comity.accounts.tests.make import an_agent
from comity.contacts.models import Contact
from comity.contacts.tests.make import an_identity
from comity.conversations import actions, search
from comity.conversations.models import Conversation, Message
from comity.conversations.tests.make import SOMEBODY, a_conversation, an_inbound, an_inbox, an_outbound
from comity.core.rows import insert_rows, new_row
from comity.events.log import Event, reactions
from comity.events.testing import settle
from comity.search import actions as index
from comity.search import analyse, queries
from comity.search.models import SearchDoc, Word
from tests.support.at_once import at_once

pytestmark = pytest.mark.django_db
OF_POSTGRESQL = "SELECT vector::text FROM search_searchdoc WHERE object_id = %s"


def found(text: str) -> set[int]:
    return {hit.object_id for hit in queries.search(text, within={"conversation": None}).hits}


def entry(conversation: Conversation) -> dict[str, Any]:
    """All that the index has of a conversation, but for its key and what the vocabulary knows of it."""
    row = SearchDoc.objects.filter(kind="conversation", object_id=conversation.pk).values().get()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(OF_POSTGRESQL, [conversation.pk])
            row["vector"] = cursor.fetchone()[0]
    return {name: value for name, value in row.items() if name not in ("id", "is_learned", "learned")}


def as_built_anew(conversation: Conversation) -> dict[str, Any]:
    search.index(Conversation.objects.get(pk=conversation.pk))
    return entry(conversation)


def say(conversation: Conversation, count: int, words: str = "the lamp flickers") -> None:
    """Let a conversation become long, past the actions; the index hears of it with the next message."""
    first = conversation.messages.order_by("pk").select_related("leg", "inbox").first()
    assert first is not None, "somebody began it"
    given = {"conversation": conversation, "leg": first.leg, "inbox": first.inbox, "direction": "inbound"}
    given |= {"author_kind": "contact", "created_at": first.created_at, "sent_at": first.created_at}
    said = [f"{words} {number}" for number in range(count)]
    insert_rows([new_row(Message, **given, text=text, visible_text=text) for text in said])


def answer(conversation: Conversation) -> None:
    an_outbound(conversation, html="<p>We returned two parcels, and their labels.</p>")


def take_an_answer_back(conversation: Conversation) -> None:
    agent = an_agent()
    message = an_outbound(conversation, agent=agent, html="<p>Nonsense</p>")
    settle()
    actions.undo_send(message=message, by=agent.actor)


def split(conversation: Conversation) -> None:
    moved = an_inbound(conversation, text="About the chair")
    settle()
    actions.split(conversation=conversation, messages=[moved.pk], subject="Chair", by=SOMEBODY)


def merge(conversation: Conversation) -> None:
    other = a_conversation(text="The other sofa", subject="Sofa")
    an_inbound(conversation, text="Where is it?")
    actions.merge(source=other, target=conversation, by=SOMEBODY)


def say_nothing(conversation: Conversation) -> None:
    an_inbound(conversation, text="…")


def join(conversation: Conversation) -> None:
    an_inbound(conversation, identity=an_identity(value="sister@larkmoor.example"), text="I am her sister")


def learn_their_language(conversation: Conversation) -> None:
    Contact.objects.filter(pk=conversation.contact_id).update(language="de")
    an_inbound(conversation, text="Die Lieferungen fehlen")


def become_long(conversation: Conversation) -> None:
    say(conversation, 2 * search.LETTERS // search.LEAST)


def forget_where_it_grew(conversation: Conversation) -> None:
    SearchDoc.objects.update(upto=0, letters=0, tokens="as an earlier version wrote it")


HAPPENINGS = [
    *(answer, take_an_answer_back, split, merge, say_nothing, join, learn_their_language, become_long),
    forget_where_it_grew,
]


@pytest.mark.parametrize("happens", HAPPENINGS)
@pytest.mark.parametrize("times", [1, 2])
def test_an_index_that_grew_is_as_one_that_was_built_anew(happens: Callable[[Conversation], None], times: int) -> None:
    conversation = a_conversation(text="The steam fades, returning slowly", subject="Steam")
    settle()
    an_inbound(conversation, text="It’s “worse” today: the steam")
    settle(times=times)
    happens(conversation)
    settle(times=times)
    an_inbound(conversation, text="And a last word")
    settle(times=times, backwards=times == 2)

    assert entry(conversation) == as_built_anew(conversation)
    assert found("last word") == {conversation.pk}
    assert not found("nonsense")


@pytest.mark.django_db(transaction=True)
def test_a_message_that_several_index_at_the_same_moment_is_added_once() -> None:
    conversation = a_conversation(text="The steam fades")
    settle()
    an_inbound(conversation, text="It fades again")

    def add() -> None:
        search.index_all([Conversation.objects.select_related("contact").get()], growing={conversation.pk})

    assert at_once(add, times=3) == []
    grown = entry(conversation)
    assert grown["tokens"].count("again") == 1
    assert grown == as_built_anew(conversation)


def test_however_often_it_is_cut_what_was_said_last_is_found() -> None:
    conversation = a_conversation(text="The zeppelin leaves")
    say(conversation, (search.LETTERS + search.AT_ONCE) // search.LEAST - 3)
    an_inbound(conversation, text="A nearly full shelf")
    settle()
    assert found("zeppelin") == {conversation.pk}

    for number in range(3):
        an_inbound(conversation, text=f"drawer{number}")
        settle()
        assert entry(conversation) == as_built_anew(conversation)
        assert found(f"drawer{number}") == found("shelf") == {conversation.pk}
    assert not found("zeppelin")


def test_no_phrase_runs_from_one_message_into_the_next() -> None:
    conversation = a_conversation(text="It is blue")
    an_inbound(conversation, text="Lamp oil leaks")
    settle()
    assert found('"lamp oil"') == {conversation.pk}
    assert not found('"blue lamp"')


def test_a_message_costs_the_same_in_a_long_conversation(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    real = analyse.fold
    monkeypatch.setattr(analyse, "fold", lambda text: (read.append(text), real(text))[1])

    def cost(conversation: Conversation) -> tuple[int, int, int]:
        """Index one more message: how many statements that takes, letters that are read, and words to learn."""
        settle()
        index.learn()
        an_inbound(conversation, text="The valve leaks sporadically")
        event = Event.objects.filter(type="message.received").latest("pk")
        analyse._stem.cache_clear()
        read.clear()
        with transaction.atomic(), CaptureQueriesContext(connection) as asked:
            reactions["conversations.index_for_search"].function(event)
        row = SearchDoc.objects.get(kind="conversation", object_id=conversation.pk)
        return len(asked), sum(map(len, read)), len(row.tokens) - row.learned

    short, long = (a_conversation(inbox=an_inbox(), text="Hello", subject="Leak") for _ in range(2))
    say(long, 200)
    an_inbound(long, text="And so on")

    few, many = cost(short), cost(long)
    assert (many[0], many[2]) == (few[0], few[2])
    assert abs(many[1] - few[1]) < 20  # the number and the address may be longer


def test_of_a_conversation_that_grows_only_the_new_words_are_learned() -> None:
    conversation = a_conversation(text="An astrolabe")
    settle()
    index.learn()
    Word.objects.filter(word="astrolabe").delete()
    an_inbound(conversation, text="A theodolite")
    settle()
    assert index.learn() == 1
    assert Word.objects.filter(word="theodolite").exists()
    assert not Word.objects.filter(word="astrolabe").exists()

    index.learn_anew()
    assert Word.objects.filter(word__in=["astrolabe", "theodolite"]).count() == 2
