"""Cards as a visitor sees them: those of the widget, one that another room brings, and one that nobody can draw."""

import pytest
from playwright.sync_api import Route, expect

from comity.connectors.webchat.tests.site import Guest, Site, Visits
from tests.support.live import LiveComity

pytestmark = pytest.mark.browser

SEND = """
import itertools, time
from comity.accounts.tests import make as accounts
accounts._numbers = itertools.count(time.time_ns())
from comity.accounts.tests.make import an_agent
from comity.conversations import actions, queries
from comity.conversations.models import Conversation
conversation = Conversation.objects.get(pk={pk})
leg, agent = conversation.legs.get(), an_agent(name="Aoife Brien")
to = queries.reply_all(conversation, leg)
for card in {cards!r}:
    actions.reply(conversation=conversation, agent=agent, html="", recipients=to, leg=leg, card=card)
"""
ASK = """
import itertools, time
from comity.accounts.tests import make as accounts
accounts._numbers = itertools.count(time.time_ns())
from comity.accounts.tests.make import an_agent
from comity.core.commands import run
run("feedback.ask", user=an_agent(name="Aoife Brien"), values={{"conversation_id": {pk}}})
"""
RATINGS = """
from comity.features.feedback.models import Rating
print(*Rating.objects.filter(conversation={pk}).values_list("score", "comment"))
"""
CARDS = [
    {"kind": "article", "title": "How to descale", "text": "Five minutes.", "url": "https://shop.example/descale"},
    {"kind": "order", "title": "Order 1042", "text": "Leaves today", "step": 2, "steps": 4},
    {"kind": "product", "title": "Heron 2", "price": "€ 420", "url": "https://shop.example/heron"},
    {"kind": "survey", "question": "Which grinder is it?", "choices": ["Heron", "Wren"]},
]


@pytest.fixture
def guest(site: Site, visit: Visits) -> Guest:
    """Somebody whose message has arrived, on a page with a strict policy and hostile styles."""
    site.is_hostile = True
    guest = visit().begins().says("Hello")
    expect(guest.panel.locator(".meta").last).to_contain_text("Delivered", timeout=30_000)
    return guest


def test_the_widgets_own_cards_are_drawn_and_a_choice_becomes_a_message(guest: Guest, live: LiveComity) -> None:
    live.python(SEND.format(pk=guest.conversations[0], cards=CARDS))

    drawn = guest.panel.locator(".msg .card")
    expect(drawn).to_have_count(4, timeout=30_000)
    expect(drawn.first).to_have_attribute("href", "https://shop.example/descale")
    expect(guest.panel.get_by_role("img", name="Step 2 of 4")).to_be_visible()
    guest.panel.get_by_role("button", name="Wren").click()
    expect(guest.bubbles.last).to_have_text("Wren")
    expect(guest.panel.locator(".msg .words")).to_have_count(0)


def test_another_rooms_card_is_loaded_drawn_and_answered(guest: Guest, live: LiveComity) -> None:
    number = guest.conversations[0]
    assert not [asked for asked in guest.asked if "rating-card" in asked]
    live.python(ASK.format(pk=number))

    card = guest.panel.locator(".msg .card")
    expect(card.get_by_text("How was this conversation?")).to_be_visible(timeout=30_000)
    card.get_by_role("button", name="Send").click()
    expect(card.get_by_role("status")).to_have_text("Choose a face first.")
    card.locator("label[title=Good]").click()
    card.get_by_role("textbox").fill("Quick and kind")
    card.get_by_role("button", name="Send").click()
    expect(card.get_by_role("status")).to_have_text("Thank you. That helps us.", timeout=30_000)
    assert live.python(RATINGS.format(pk=number)) == "(4, 'Quick and kind')"

    guest.page.reload()
    guest.panel.wait_for()
    expect(guest.panel.locator(".msg .card").get_by_role("radio", name="Good")).to_be_checked(timeout=30_000)


def test_what_is_chosen_before_the_server_has_told_what_was_said_stays(guest: Guest, live: LiveComity) -> None:
    asked: list[Route] = []
    guest.page.route("**/rating", lambda route: asked.append(route))
    live.python(ASK.format(pk=guest.conversations[0]))

    card = guest.panel.locator(".msg .card")
    card.locator("label[title=Good]").click()
    told = {"may_rate": True, "score": 2, "comment": "Slow at first"}
    asked[0].fulfill(response=asked[0].fetch(), json=told)
    expect(card.get_by_role("textbox")).to_have_value("Slow at first", timeout=30_000)
    expect(card.get_by_role("radio", name="Good")).to_be_checked()

    live.python(SEND.format(pk=guest.conversations[0], cards=CARDS[:1]))  # the one before is no longer the last
    expect(card).to_have_count(2, timeout=30_000)
    expect(card.get_by_role("radio", name="Good")).to_be_checked()


def test_a_card_whose_module_does_not_come_is_read_as_words(guest: Guest, live: LiveComity) -> None:
    guest.page.route("**/rating-card.js", lambda route: route.abort())
    live.python(ASK.format(pk=guest.conversations[0]))

    expect(guest.panel.locator(".msg .card")).to_contain_text("How was this conversation?", timeout=30_000)
    expect(guest.panel.locator(".msg .card")).to_contain_text("in one click")
