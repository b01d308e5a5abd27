"""The chat on somebody else's site, in a real browser, with the running program behind it."""

import gzip
import re
import urllib.request

import pytest
from playwright.sync_api import Browser, expect

from comity.connectors.webchat.tests.site import Guest, Site, Visits, answer
from tests.support import ports
from tests.support.live import LiveComity

pytestmark = pytest.mark.browser
MOST = 25_000  # bytes, compressed, that load with the page


def test_a_page_with_hostile_styles_and_a_strict_policy_does_the_chat_no_harm(site: Site, visit: Visits) -> None:
    site.is_hostile = True
    guest = visit(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")

    guest.launcher.evaluate("(one) => Promise.allSettled(one.getAnimations().map((each) => each.finished))")
    box = guest.launcher.bounding_box()
    assert box and (round(box["width"]), round(box["height"])) == (56, 56)
    assert (round(box["x"] + box["width"]), round(box["y"] + box["height"])) == (1260, 780)
    guest.begins().says("Does it fit under my cupboards?")
    expect(guest.bubbles.last).to_have_text("Does it fit under my cupboards?")
    expect(guest.panel.locator(".meta").last).to_contain_text("Delivered")
    assert guest.page.evaluate("getComputedStyle(document.querySelector('h1')).color") == "rgb(255, 0, 0)"
    seen = guest.panel.evaluate("(panel) => [getComputedStyle(panel).fontSize, getComputedStyle(panel).color]")
    assert seen[0] == "14px" and seen[1] != "rgb(255, 0, 0)"


def test_before_it_is_opened_little_is_loaded_and_nothing_is_kept(site: Site, visit: Visits) -> None:
    guest = visit()
    expect(guest.launcher).to_be_visible()

    loaded = [url for url in guest.asked if not url.startswith(site.url)]
    assert all(url.startswith(site.chat) for url in loaded)
    assert [url.split("?")[0] for url in loaded if "/chat/v1/" in url] == [f"{site.chat}/chat/v1/widgets/{site.key}"]
    weights = {}
    for url in set(loaded):
        with urllib.request.urlopen(url, timeout=20) as found:
            weights[url] = len(gzip.compress(found.read()))
    assert sum(weights.values()) < MOST, weights
    assert guest.kept == {}
    assert guest.page.evaluate("sessionStorage.length") == 0
    assert guest.context.cookies() == []

    guest.opens()
    assert guest.context.cookies() == []
    assert all(url.startswith((site.chat, site.url)) for url in guest.asked)


def test_a_server_that_is_down_leaves_the_page_as_it_is(site: Site, browser: Browser) -> None:
    (nobody,) = ports.free(1)
    elsewhere = Site(f"http://127.0.0.1:{nobody}", site.key)
    site.pages["/down"] = elsewhere.page("/")
    site.pages["/strange"] = site.page("/").replace(site.key, "w1-aaaaaaaaaaaaaaaaaaaa")
    context = browser.new_context()
    guest = Guest(site, context)
    with guest.page.expect_event("requestfailed", lambda asked: asked.url.endswith("/chat.js")):
        guest.goes("/down")
    assert guest.page.locator("comity-chat").count() == 0
    with guest.page.expect_response("**/chat/v1/widgets/**") as answered:
        guest.goes("/strange")
    assert answered.value.status == 404
    guest.page.evaluate("Comity('open')")
    assert guest.page.locator("comity-chat").count() == 0
    assert guest.wrong == []
    context.close()


def test_a_visitor_and_an_agent_talk(live: LiveComity, visit: Visits) -> None:
    guest = visit().begins().says("Is the heron in stock?")
    expect(guest.panel.locator(".meta").last).to_contain_text("Delivered")
    (conversation,) = guest.conversations

    answer(live, conversation, "On Friday. See https://shop.example/heron")
    expect(guest.bubbles).to_have_count(2)
    expect(guest.panel.locator(".who").last).to_contain_text("Aoife Brien")
    link = guest.bubbles.last.locator("a")
    assert link.get_attribute("href") == "https://shop.example/heron"
    assert "noopener" in (link.get_attribute("rel") or "")
    expect(guest.page.locator("comity-chat .cm > [role=status]")).to_contain_text("Aoife Brien: On Friday")

    guest.launcher.click()
    expect(guest.launcher).to_be_focused()
    answer(live, conversation, "Shall I keep one for you?")
    expect(guest.page.locator("comity-chat .teaser")).to_contain_text("Shall I keep one for you?")
    expect(guest.launcher).to_have_accessible_name(re.compile("1 new message"))
    expect(guest.page).to_have_title("(1) Heron 2")
    guest.page.locator("comity-chat .teaser .said").click()
    expect(guest.bubbles.last).to_be_in_viewport()
    expect(guest.page).to_have_title("Heron 2")

    guest.goes("/other")
    expect(guest.bubbles).to_have_count(3)
    assert guest.stored()[1:] == ["On Friday. See https://shop.example/heron", "Shall I keep one for you?"]


def test_what_is_typed_without_a_connection_goes_when_it_is_back_even_from_another_page(visit: Visits) -> None:
    guest = visit().begins().says("one")
    expect(guest.panel.locator(".meta").last).to_contain_text("Delivered")

    guest.context.set_offline(True)
    guest.says("two", "three")
    expect(guest.panel.locator(".offline")).to_contain_text("No connection since")
    expect(guest.panel.locator(".meta").last).to_contain_text("Waits for the connection")
    guest.page.close()
    guest.context.set_offline(False)
    later = visit("/other", beside=guest)

    expect(later.launcher).to_be_visible()
    later.page.wait_for_function("() => !Object.keys(localStorage).some((name) => name.includes(':out:'))")
    assert later.stored() == ["one", "two", "three"]
    assert len(later.conversations) == 1


def test_the_connection_comes_back_while_the_chat_is_open(visit: Visits) -> None:
    guest = visit().begins().says("one")
    expect(guest.panel.locator(".meta").last).to_contain_text("Delivered")
    guest.context.set_offline(True)
    guest.says("two")
    expect(guest.panel.locator(".offline")).to_be_visible()

    guest.context.set_offline(False)
    expect(guest.panel.locator(".offline")).to_have_count(0)
    expect(guest.panel.locator(".meta").last).to_contain_text("Delivered")
    assert guest.stored() == ["one", "two"]


def test_two_tabs_show_the_same_and_send_each_message_once(visit: Visits) -> None:
    one = visit().begins().says("from one")
    expect(one.panel.locator(".meta").last).to_contain_text("Delivered")
    other = visit(beside=one).opens()
    other.panel.locator(".card.list .line").first.click()
    expect(other.bubbles).to_have_count(1)

    other.says("from the other")
    one.says("and from one again")
    for tab in (one, other):
        expect(tab.bubbles).to_have_count(3)
    one.page.wait_for_function("() => !Object.keys(localStorage).some((name) => name.includes(':out:'))")
    shown = one.bubbles.all_inner_texts()
    assert shown == other.bubbles.all_inner_texts() == one.stored()
    assert sorted(shown) == ["and from one again", "from one", "from the other"]


def test_a_double_click_sends_once_and_what_was_begun_survives_a_reload(visit: Visits) -> None:
    guest = visit().begins()
    guest.writes.fill("Only once")
    guest.panel.locator(".send").dblclick()
    expect(guest.panel.locator(".meta").last).to_contain_text("Delivered")
    guest.writes.fill("Not finished yet")
    guest.page.reload()

    expect(guest.writes).to_have_value("Not finished yet")
    assert guest.stored() == ["Only once"]
