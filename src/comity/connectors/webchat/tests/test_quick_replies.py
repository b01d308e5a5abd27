"""Quick replies in a chat: to press on the site, to read by mail and in the transcript."""

from collections.abc import Callable

import pytest

from comity.accounts.tests.make import an_agent
from comity.connectors.webchat.queries.transcript import transcript
from comity.connectors.webchat.tests.make import Browser, a_browser, a_chat_inbox
from comity.conversations import actions, queries
from comity.conversations.models import Inbox, Message
from comity.conversations.tests.make import an_inbox
from comity.events.testing import settle
from tests.support.program import Program

pytestmark = pytest.mark.django_db

OFFERED = ["Yes, please", "No <b>thanks</b>"]
CHOOSE = "You can simply answer:"


@pytest.fixture
def mail() -> Inbox:
    return an_inbox(address="help@shop.example")


@pytest.fixture
def browser(mail: Inbox) -> Browser:
    browser = a_browser(a_chat_inbox(mail_inbox=mail.address))
    browser.call("PATCH", "visitor", {"email": "anna@example.org"})
    browser.say("My order came broken.")
    return browser


def ask(browser: Browser, text: str = "Shall we send another one?", replies: list[str] = OFFERED) -> Message:
    conversation = browser.conversation
    leg = conversation.legs.get(inbox__channel="webchat")
    to = queries.reply_all(conversation, leg)
    message = actions.reply(
        conversation=conversation,
        agent=an_agent(name="Maya Brandt"),
        html=f"<p>{text}</p>",
        recipients=to,
        leg=leg,
        replies=replies,
    )
    settle()
    return message


def carried(browser: Browser, mail: Inbox) -> Message:
    return Message.objects.filter(conversation=browser.conversation, inbox=mail, direction="outbound").latest("pk")


def test_a_chat_gets_them_beside_the_text(browser: Browser) -> None:
    message = ask(browser)

    shown = browser.messages(message.conversation_id)[-1]
    assert (shown["text"], shown["replies"]) == ("Shall we send another one?", OFFERED)


def test_what_a_program_asks_is_the_organisation_s_question(browser: Browser) -> None:
    body = {"direction": "outbound", "text": "Another one?", "replies": OFFERED}
    assert Program().post(f"/conversations/{browser.conversation.pk}/messages", body).status_code == 201
    settle()

    shown = browser.messages(browser.conversation.pk)[-1]
    assert shown["author"] == {"kind": "agent", "name": "", "avatar": ""}
    assert shown["replies"] == OFFERED


def test_the_mail_that_carries_the_question_on_names_the_answers(
    browser: Browser, mail: Inbox, shift_clock: Callable[..., None]
) -> None:
    ask(browser, "Is it whole?", ["It is", "It is not"])
    ask(browser)
    shift_clock(minutes=30)
    settle()

    letter = carried(browser, mail)
    assert f"{CHOOSE} Yes, please · No <b>thanks</b>" in letter.text
    assert f"<p>{CHOOSE} Yes, please · No &lt;b&gt;thanks&lt;/b&gt;</p>" in letter.html
    assert "It is not" not in letter.text, "the chat offers nothing any more beneath an earlier question"


def test_a_mail_names_no_answers_where_there_are_none_or_one_was_given(
    browser: Browser, mail: Inbox, shift_clock: Callable[..., None]
) -> None:
    ask(browser, replies=[])
    shift_clock(minutes=30)
    settle()
    assert CHOOSE not in carried(browser, mail).text

    ask(browser)
    browser.say("Yes, please", conversation=browser.conversation.pk)
    shift_clock(minutes=60)
    settle()
    assert Message.objects.filter(inbox=mail, direction="outbound").count() == 2
    assert CHOOSE not in carried(browser, mail).text


def test_a_transcript_says_what_was_offered(browser: Browser) -> None:
    ask(browser)
    text = transcript(browser.visitor, browser.conversation)

    assert "Shall we send another one?\nAnswers to choose from: Yes, please · No <b>thanks</b>" in text
