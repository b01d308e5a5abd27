"""Somebody waits, or may have to go: where they stand, when we are back, and where the answer may be written to."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from comity.connectors.webchat.tests.site import Guest, Visits, a_site, answer
from comity.connectors.webchat.tests.test_widget_states_in_browser import axe, overflow
from tests.support.live import LiveComity

pytestmark = pytest.mark.browser
ASKS = "Where shall we write if you have to go?"
OFFERS = "Confirm your address to see mails here too"
MAIL_SERVER = """
from comity.accounts.options import ORGANISATION, groups, save
from comity.conversations.tests.make import SOMEBODY
values = {{"host": {host!r}, "port": 9, "security": "none", "username": "", "password": ""}}
values |= {{"sender": "help@shop.example"}}
save(group=groups["system_mail"], level=ORGANISATION, values=values, by=SOMEBODY)
"""
ANSWER_BY_MAIL = """
from comity.channels import actions as channels
from comity.channels.references import reply_token
from comity.connectors.webchat.models import Visitor
from comity.conversations import actions
from comity.conversations.models import Conversation
from comity.conversations.tests.make import SOMEBODY, an_inbox
mail, conversation = an_inbox(name="Mail", address="help@shop.example"), Conversation.objects.get(pk={pk})
leg = actions.open_leg(conversation=conversation, inbox=mail, address="anna@example.org", name="Anna", by=SOMEBODY)
to = f"help+{{reply_token(conversation.pk, leg.pk)}}@shop.example"
lines = ["From: Anna <anna@example.org>", f"To: {{to}}", "Subject: Re: the chat", "Message-ID: <1@example.org>"]
raw = "\\r\\n".join([*lines, "", "Written by mail."])
channels.accept(inbox=mail, raw=raw.encode(), source="1", envelope_recipients=(to,))
"""
WAS_READ = """
from comity.conversations.models import Message
print(Message.objects.filter(conversation={pk}, leg__inbox__channel="email").count())
"""
CONFIRM = """
from comity.connectors.webchat.actions import confirm
from comity.connectors.webchat.models import Visitor
confirm(visitor=Visitor.objects.filter(email="anna@example.org").latest("pk"), email="anna@example.org")
"""
TAKE = """
import itertools, time
from comity.accounts.tests import make as accounts
accounts._numbers = itertools.count(time.time_ns())
from comity.conversations import actions
from comity.conversations.models import Conversation
actions.accept(conversation=Conversation.objects.get(pk={pk}), agent=accounts.an_agent(name="Aoife Brien"))
"""
WAITS = """
from datetime import timedelta
from comity.conversations.models import Conversation, Queued
from comity.core import clock
inbox = Conversation.objects.get(pk={pk}).inbox
for minutes in (1, 2, 4, 5, 6):
    past = clock.now() - timedelta(hours=1)
    one = Conversation.objects.get(pk={pk})
    Queued.objects.create(conversation=one, inbox=inbox, since=past, ended_at=past + timedelta(minutes=minutes),
                          outcome="taken")
"""
OPEN = """
from datetime import timedelta
from zoneinfo import ZoneInfo
from comity.accounts.actions import hours
from comity.accounts.hours import Stretch
from comity.accounts.models import BusinessHours
from comity.conversations.tests.make import SOMEBODY
from comity.core import clock
BusinessHours.objects.all().delete()
if {is_closed}:
    day = (clock.now().astimezone(ZoneInfo("UTC")) + timedelta(days=2)).weekday()
    week = [(Stretch(9 * 60, 17 * 60),) if number == day else () for number in range(7)]
    hours.create(name="Ours", zone="UTC", week=week, by=SOMEBODY)
"""
FIRST_WORD = """
import itertools, time
from comity.accounts.tests import make as accounts
accounts._numbers = itertools.count(time.time_ns())
from comity.connectors.webchat.actions import write_first
from comity.connectors.webchat.models import Visitor
write_first(visitor=Visitor.objects.get(public={public!r}), agent=accounts.an_agent(name="Aoife Brien"),
            html="<p>Can I help you choose?</p>")
"""
WRONG_CLOCK = """
Date.now = ((now) => () => now() + {ms})(Date.now);
globalThis.Date = class extends Date {{
  constructor(...given) {{
    super(...(given.length ? given : [Date.now()]));
  }}
}};
"""


@pytest.fixture
def other(live: LiveComity, browser: Browser) -> Iterator[Visits]:
    """Guests of a shop of their own, where nobody else waits."""
    with a_site(live) as site:
        contexts = []

        def visit(path: str = "/", **options: object) -> Guest:
            contexts.append(browser.new_context(**options))  # type: ignore[arg-type]
            return Guest(site, contexts[-1]).goes(path)

        yield visit
        for context in contexts:
            context.close()


def test_an_address_is_asked_for_kindly_and_kept(visit: Visits) -> None:
    guest = visit().begins()
    expect(guest.panel.get_by_label(ASKS)).to_have_count(0)
    guest.says("Does it fit?")
    field = guest.panel.get_by_label(ASKS)
    expect(field).to_be_visible()
    expect(guest.writes).to_be_focused()
    field.fill("nonsense")
    field.press("Enter")
    expect(guest.panel.locator(".where .wrong")).to_contain_text("looks like name@example.com")
    expect(field).to_be_focused()
    assert axe(guest) == []
    guest.context.set_offline(True)
    field.fill("anna@example.org")
    field.press("Enter")
    expect(guest.panel.locator(".where .wrong")).to_contain_text("There is no connection")
    guest.context.set_offline(False)
    expect(guest.panel.locator(".offline")).to_have_count(0)
    guest.panel.locator(".where").get_by_role("button", name="Save").click()

    expect(field).to_have_count(0)
    expect(guest.writes).to_be_focused()
    assert guest.ask("home")["visitor"]["email"] == "anna@example.org"
    guest.page.reload()
    expect(guest.bubbles).to_have_count(1)
    expect(field).to_have_count(0)


def test_who_does_not_want_to_be_asked_is_never_asked_again(visit: Visits) -> None:
    guest = visit().begins().says("Does it fit?")
    guest.panel.get_by_role("button", name="Don’t ask again").click()
    expect(guest.panel.get_by_label(ASKS)).to_have_count(0)
    guest.page.reload()
    expect(guest.bubbles).to_have_count(1)
    guest.panel.get_by_role("button", name="Back", exact=True).click()
    guest.panel.get_by_role("button", name="Start a conversation").click()
    guest.says("Another thing")
    expect(guest.panel.locator(".meta").last).to_contain_text("Delivered")
    expect(guest.panel.get_by_label(ASKS)).to_have_count(0)


def test_a_proven_address_brings_what_was_written_by_mail(live: LiveComity, other: Visits) -> None:
    live.python(MAIL_SERVER.format(host="127.0.0.1"))
    guest = other().begins().says("Does it fit?")
    expect(guest.panel.locator(".hand")).to_have_text("You are next")  # which moves what stands below it
    guest.panel.get_by_label(ASKS).fill("anna@example.org")
    guest.panel.locator(".where").get_by_role("button", name="Save").click()
    expect(guest.panel.get_by_text(OFFERS)).to_be_visible()
    assert axe(guest) == []
    guest.panel.get_by_role("button", name=OFFERS).click()
    expect(guest.panel.get_by_text("We have sent you a link")).to_be_visible()
    expect(guest.panel.get_by_role("button", name=OFFERS)).to_have_count(0)

    (pk,) = guest.conversations
    live.python(ANSWER_BY_MAIL.format(pk=pk))
    for _try in range(100):
        if live.python(WAS_READ.format(pk=pk)).strip() == "1":
            break
    answer(live, pk, "It does.")
    expect(guest.bubbles.last).to_have_text("It does.")
    expect(guest.bubbles).to_have_count(2)
    live.python(CONFIRM)
    guest.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(guest.panel.get_by_text("We have sent you a link")).to_have_count(0)
    expect(guest.bubbles).to_have_text(["Does it fit?", "Written by mail.", "It does."])


def test_where_no_mail_leaves_nothing_is_offered(live: LiveComity, other: Visits) -> None:
    live.python(MAIL_SERVER.format(host="127.0.0.1"))
    guest = other().begins().says("Does it fit?")
    guest.panel.get_by_label(ASKS).fill("eve@example.org")
    guest.panel.get_by_label(ASKS).press("Enter")
    live.python(MAIL_SERVER.format(host=""))
    guest.panel.get_by_role("button", name=OFFERS).click()
    expect(guest.panel.get_by_text(OFFERS)).to_have_count(0)
    expect(guest.panel.get_by_text("We have sent you a link")).to_have_count(0)
    expect(guest.writes).to_be_focused()


def test_who_waits_sees_where_they_stand_as_it_changes(live: LiveComity, other: Visits) -> None:
    first = other().begins().says("One")
    expect(first.panel.locator(".hand")).to_have_text("You are next")
    live.python(WAITS.format(pk=first.conversations[0]))
    second = other(viewport={"width": 320, "height": 568}).begins().says("Two")
    expect(second.panel.locator(".hand")).to_have_text("1 before you, about 4 minutes")
    assert overflow(second) == 0

    live.python(TAKE.format(pk=first.conversations[0]))
    expect(second.panel.locator(".hand")).to_have_text(re.compile("You are next, about . minutes"))
    expect(first.panel.locator(".hand")).to_have_count(0)
    expect(first.panel.locator(".head")).to_contain_text("Aoife Brien")


def test_while_closed_the_opening_is_said_in_the_visitor_s_zone(live: LiveComity, other: Visits) -> None:
    live.python(OPEN.format(is_closed=True))
    try:
        guest = other(timezone_id="Asia/Tokyo", locale="en-GB").begins().says("Does it fit?")
        expect(guest.panel.locator(".head")).to_contain_text(re.compile("Closed now. We are back: .*18:00|6:00.PM"))
        expect(guest.panel.get_by_label(ASKS)).to_be_visible()
        expect(guest.panel.locator(".hand")).to_have_count(0)
    finally:
        live.python(OPEN.format(is_closed=False))


def test_an_agent_s_first_word_stands_beside_the_button_and_opens_that_conversation(
    live: LiveComity, visit: Visits
) -> None:
    guest = visit().opens()
    expect(guest.panel.get_by_role("button", name="Start a conversation")).to_be_visible()
    guest.page.wait_for_function("() => Object.keys(localStorage).some((name) => name.endsWith(':token'))")
    guest.launcher.click()
    guest.goes("/other")
    with guest.page.expect_response("**/chat/v1/home"):
        pass
    newest = "from comity.connectors.webchat.models import Visitor; print(Visitor.objects.latest('pk').public)"
    live.python(FIRST_WORD.format(public=live.python(newest).strip()))
    teaser = guest.page.locator("comity-chat .teaser")
    expect(teaser).to_contain_text("Aoife Brien")
    expect(teaser).to_contain_text("Can I help you choose?")
    teaser.locator(".said").click()
    expect(guest.bubbles).to_have_text(["Can I help you choose?"])
    expect(guest.panel.locator(".head")).to_contain_text("Aoife Brien")
    guest.says("Yes, please")
    expect(guest.panel.locator(".meta").last).to_contain_text("Delivered")
    assert len(guest.conversations) == 1


def test_a_page_that_slept_catches_up_at_once(live: LiveComity, visit: Visits) -> None:
    guest = visit().begins().says("Good night")
    expect(guest.panel.locator(".meta").last).to_contain_text("Delivered")
    with guest.page.expect_event("requestfailed", lambda request: "/stream" in request.url):  # nothing comes meanwhile
        guest.page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
    answer(live, guest.conversations[0], "Good morning")
    guest.page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    expect(guest.bubbles).to_have_text(["Good night", "Good morning"], timeout=15_000)
    guest.says("Slept well")
    expect(guest.panel.locator(".meta").last).to_contain_text("Delivered")


def test_a_stream_that_died_in_silence_is_not_waited_for(visit: Visits) -> None:
    guest = visit().begins().says("Hello")
    expect(guest.panel.locator(".meta").last).to_contain_text("Delivered")
    for awakens in (
        "Date.now = ((now) => () => now() + 60_000)(Date.now); document.dispatchEvent(new Event('visibilitychange'))",
        "dispatchEvent(new Event('online'))",
    ):
        with (
            guest.page.expect_request("**/chat/v1/stream", timeout=15_000),
            guest.page.expect_response("**/chat/v1/home", timeout=15_000),
        ):
            guest.page.evaluate(awakens)
    expect(guest.panel.locator(".offline")).to_have_count(0)


def test_a_server_that_restarts_while_somebody_types_disturbs_nothing(live: LiveComity, visit: Visits) -> None:
    guest = visit().begins().says("Hello")
    expect(guest.panel.locator(".meta").last).to_contain_text("Delivered")
    guest.writes.press_sequentially("Half a ")
    live.stop()
    guest.writes.press_sequentially("sentence, ")
    live.start()
    guest.writes.press_sequentially("and the rest")
    expect(guest.writes).to_have_value("Half a sentence, and the rest")
    guest.writes.press("Enter")
    expect(guest.panel.locator(".meta").last).to_contain_text("Delivered", timeout=60_000)
    expect(guest.panel.locator(".offline")).to_have_count(0)
    assert guest.stored() == ["Hello", "Half a sentence, and the rest"]


@pytest.mark.parametrize("days", [-1, 1])
def test_a_device_whose_clock_is_wrong_by_a_day_shows_the_server_s_days(visit: Visits, days: int) -> None:
    guest = visit()
    guest.page.add_init_script(WRONG_CLOCK.format(ms=days * 86_400_000))
    guest.goes("/").begins().says("One")
    expect(guest.panel.locator(".meta").last).to_contain_text("Delivered")
    expect(guest.panel.locator(".day")).to_have_text(["Today"])
    guest.says("Two")
    expect(guest.bubbles).to_have_text(["One", "Two"])
    expect(guest.panel.locator(".day")).to_have_text(["Today"])
    guest.panel.get_by_role("button", name="Back", exact=True).click()
    expect(guest.panel.locator(".card.list time")).to_have_text(re.compile("now|ago"))
