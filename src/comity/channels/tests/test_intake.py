"""What arrives becomes a message once, in the right conversation, whatever its bytes are."""

import pytest
from django.db import connection

from comity.accounts.tests.make import an_agent
from comity.channels import actions
from comity.channels.models import RawMessage, RawState
from comity.channels.queries import numbered
from comity.channels.references import message_id, reply_token, subject_reference
from comity.channels.tests.paper import a_letter
from comity.conversations import actions as conversations
from comity.conversations.models import Conversation, Inbox, Message, Participant
from comity.conversations.recipients import To
from comity.conversations.tests.make import SOMEBODY
from comity.core.actor import Actor
from comity.events import log
from comity.events.testing import settle, twice_and_backwards
from comity.files import actions as file_actions
from comity.files import queries as files

pytestmark = pytest.mark.django_db


@pytest.fixture
def inbox() -> Inbox:
    return conversations.create_inbox(name="Post", channel="paper", address="shop@example.com", by=SOMEBODY)


def arrive(inbox: Inbox, source: str = "1", **fields: object) -> RawMessage | None:
    raw = actions.accept(inbox=inbox, raw=a_letter(**fields), source=source)
    settle()
    return raw


def test_a_letter_opens_a_conversation_of_a_known_customer(inbox: Inbox) -> None:
    raw = arrive(inbox, subject="Steam", name="Anna", files={"plate.txt": "H2-0519"})

    message = Message.objects.get(direction="inbound")
    assert (message.conversation.subject, message.conversation.contact.name) == ("Steam", "Anna")
    assert [reference.name for reference in files.of_owner(message.stream)] == ["plate.txt"]
    assert raw is not None
    raw.refresh_from_db()
    assert (raw.state, raw.message) == (RawState.STORED, message)


def test_the_same_delivery_counts_once_and_the_same_letter_too(inbox: Inbox) -> None:
    arrive(inbox, source="a")
    assert arrive(inbox, source="a") is None
    again = arrive(inbox, source="b")

    assert Message.objects.filter(direction="inbound").count() == 1
    assert again is not None
    again.refresh_from_db()
    assert again.state == RawState.DUPLICATE


def test_reading_twice_and_backwards_changes_nothing(inbox: Inbox) -> None:
    def scenario() -> None:
        for number in range(3):
            letter = a_letter(id=f"<{number}@c>", subject="x")
            actions.accept(inbox=inbox, raw=letter, source=str(number))

    once, twice = twice_and_backwards(scenario)
    assert once == twice


def test_what_cannot_be_read_is_kept_and_blocks_nothing(inbox: Inbox) -> None:
    broken = actions.accept(inbox=inbox, raw=b"{broken", source="x")
    arrive(inbox, source="y")

    assert broken is not None
    broken.refresh_from_db()
    assert (broken.state, bytes(broken.content or b"")) == (RawState.QUARANTINED, b"{broken")
    assert Message.objects.filter(direction="inbound").count() == 1


def test_a_large_original_lies_in_the_file_store_and_is_read_from_there(inbox: Inbox) -> None:
    arrive(inbox, text="long " * 60_000)

    raw = RawMessage.objects.get()
    assert raw.content is None
    assert raw.state == RawState.STORED


@pytest.fixture
def conversation(inbox: Inbox) -> Conversation:
    arrive(inbox, source="first", id="<first@c>", subject="Steam")
    return Conversation.objects.get()


def newest() -> Message:
    found = Message.objects.filter(direction="inbound").order_by("-pk").first()
    assert found is not None
    return found


@pytest.mark.parametrize("by", ["token", "signed id", "stored id", "subject"])
def test_a_participant_is_threaded_by_each_step_of_the_ladder(conversation: Conversation, by: str) -> None:
    pk = conversation.pk
    fields: dict[str, object] = {
        "token": {"tokens": [reply_token(pk).upper()]},
        "signed id": {"references": ["<other@x>", message_id(pk, 999, "x.example")]},
        "stored id": {"references": ["<first@c>"]},
        "subject": {"subject": f"Re: something else {subject_reference(pk)}"},
    }[by]  # type: ignore[assignment]

    arrive(conversation.inbox, source="second", id="<second@c>", **fields)
    assert newest().conversation_id == pk
    assert Conversation.objects.count() == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"subject": "Re: Steam"},
        {"tokens": ["r1-aaaaaaaaaaaaaaaaaaaa"]},
        {"references": ["<c.1.1.aaaaaaaaaaaaaaaaaaaa@x>"]},
        {"subject": "[#1-aaaaaaaa] Steam"},
    ],
)
def test_nobody_gets_in_by_guessing(conversation: Conversation, fields: dict[str, object]) -> None:
    arrive(conversation.inbox, source="second", id="<second@c>", **fields)
    assert newest().conversation_id != conversation.pk


def test_a_stranger_with_a_signed_token_joins_as_such(conversation: Conversation) -> None:
    token = reply_token(conversation.pk)

    arrive(conversation.inbox, source="s", id="<s@c>", tokens=[token], **{"from": "ben@example.org"})
    assert newest().conversation_id == conversation.pk
    ben = Participant.objects.get(conversation=conversation, identity__value="ben@example.org")
    assert ben.role == Participant.Role.STRANGER


@pytest.mark.parametrize("answers", ["the address alone", "the customer's message", "what went aside"])
def test_where_a_third_party_was_asked_a_stranger_stands_aside_unless_they_answer_the_customers_mail(
    conversation: Conversation, answers: str
) -> None:
    pk, first = conversation.pk, newest()
    asked = conversations.forward(
        conversation=conversation,
        agent=an_agent(),
        html="<p>Can you look?</p>",
        recipients=[To("to", "ian@workshop.example", "Ian")],
    )
    answered = {"the customer's message": first.pk, "what went aside": asked.pk}.get(answers)
    references = [message_id(pk, answered, "shop.example")] if answered else []

    stranger = {"from": "ben@workshop.example", "tokens": [reply_token(pk)], "references": references}
    arrive(conversation.inbox, source="s", id="<s@c>", **stranger)
    leg = newest().leg
    assert newest().conversation_id == pk and leg is not None
    assert leg.is_aside == (answers != "the customer's message")


def test_a_stranger_with_a_token_and_a_failed_check_opens_a_linked_conversation(conversation: Conversation) -> None:
    token = reply_token(conversation.pk)

    arrive(conversation.inbox, source="s", id="<s@c>", tokens=[token], check="fail", **{"from": "ben@example.org"})
    linked = newest().conversation
    assert linked.follows == conversation
    conversations.attach(conversation=linked, by=SOMEBODY)
    assert newest().conversation_id == conversation.pk


def test_a_stranger_who_quotes_a_stored_id_opens_a_linked_conversation(conversation: Conversation) -> None:
    arrive(conversation.inbox, source="s", id="<s@c>", references=["<first@c>"], **{"from": "eve@example.org"})
    assert newest().conversation.follows == conversation


def test_a_reply_to_a_merged_conversation_goes_to_its_target(conversation: Conversation) -> None:
    arrive(conversation.inbox, source="other", id="<other@c>", subject="Other")
    target = newest().conversation
    conversations.merge(source=conversation, target=target, by=SOMEBODY)

    arrive(conversation.inbox, source="late", id="<late@c>", tokens=[reply_token(conversation.pk)])
    assert newest().conversation_id == target.pk


def test_a_letter_without_a_usable_sender_is_not_lost(inbox: Inbox) -> None:
    arrive(inbox, **{"from": ""})
    assert Message.objects.filter(direction="inbound").count() == 1


def test_different_letters_with_one_id_both_count(inbox: Inbox) -> None:
    arrive(inbox, source="a", id="<same@c>", text="First")
    arrive(inbox, source="b", id="<same@c>", text="Second")
    arrive(inbox, source="c", id="<same@c>", text="Second")

    texts = Message.objects.filter(direction="inbound").order_by("pk").values_list("text", flat=True)
    assert list(texts) == ["First", "Second"]


def test_a_message_is_found_by_its_id_without_reading_the_others(inbox: Inbox) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
    plan = numbered(inbox, "<a@c>", "<b@c>").explain()
    assert "external_id" in plan.replace("Filter: (external_id", ""), plan
    assert "inbox_id=?)" not in plan, plan


def test_a_channel_that_names_its_threads_keeps_them_apart(inbox: Inbox) -> None:
    for number, thread in enumerate(["a", "b", "a"]):
        arrive(inbox, source=str(number), id=f"<{number}@c>", external=thread)

    first, second = Conversation.objects.order_by("pk")
    assert [first.message_count, second.message_count] == [2, 1]
    assert [leg.external_thread for leg in first.legs.all()] == ["a"]


def test_a_channel_that_shows_conversations_says_which_one_is_answered(inbox: Inbox) -> None:
    arrive(inbox, source="1", id="<1@c>")
    mine = Conversation.objects.get()
    arrive(inbox, source="2", id="<2@c>", conversation=mine.pk)
    arrive(inbox, source="3", id="<3@c>", conversation=mine.pk, **{"from": "eve@example.org"})

    assert mine.messages.filter(direction="inbound").count() == 2
    assert Conversation.objects.count() == 2, "whoever takes no part gets in by no number"


def test_what_arrives_on_one_lane_is_read_in_its_order(inbox: Inbox) -> None:
    for number in range(5):
        letter = a_letter(id=f"<{number}@c>", text=str(number), external="chat")
        actions.accept(inbox=inbox, raw=letter, source=str(number), lane="visitor:7")
    settle()

    texts = Message.objects.filter(direction="inbound").order_by("pk").values_list("text", flat=True)
    assert list(texts) == ["0", "1", "2", "3", "4"]
    assert set(log.Event.objects.filter(type="raw.arrived").values_list("subject", flat=True)) == {"visitor:7"}


def test_files_given_before_come_with_the_message(inbox: Inbox) -> None:
    by = Actor("contact", "7")
    mine = file_actions.upload(content=b"plate", name="plate.txt", by=by)
    gone = {"uploads": [mine.pk, mine.pk + 1], "uploaded_as": file_actions.upload_owner(by)}
    arrive(inbox, **gone)

    message = Message.objects.get(direction="inbound")
    assert [reference.pk for reference in files.of_owner(message.stream)] == [mine.pk]
