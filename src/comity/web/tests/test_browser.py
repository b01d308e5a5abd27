"""The shell in Chromium: no policy violation, keys, palette, theme, narrow and mirrored pages, a dropped stream."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.support.live import LiveComity

pytestmark = pytest.mark.browser
OpenPage = Callable[..., Page]
NARROW = {"width": 320, "height": 640}
HAPPENED = """
from django.db import transaction
from comity.accounts.models import Agent
from comity.core.actor import system
from comity.events.log import record
with transaction.atomic():
    record("shell.tested", subject="agent:%d" % Agent.objects.get(email="ada@shop.test").pk, by=system("tests"))
"""
HEARS = "document.body.addEventListener('live:shell.tested', (e) => { document.body.dataset.heard = e.detail.subject })"
PLACES = ("/settings/parked", "/settings/people", "/settings/brands", "/settings/me", "/notices")


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.parametrize(
    "options", [{}, {"color_scheme": "dark"}, {"viewport": NARROW}], ids=["light", "dark", "narrow"]
)
def test_pages_keep_the_policy_and_never_scroll_sideways(open_page: OpenPage, options: dict[str, object]) -> None:
    page = open_page(**options)

    for place in PLACES:
        page.goto(place)
        expect(page.locator("h1").first).to_be_visible()
        assert fits(page), place


def test_strangers_see_the_door_without_scripts_of_strangers(open_page: OpenPage) -> None:
    page = open_page(email="", viewport=NARROW)

    page.goto("/account/sign-in")
    page.locator("button[lang=ar]").click()

    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    assert fits(page)


def test_zoomed_to_two_hundred_per_cent_everything_is_still_there(open_page: OpenPage) -> None:
    page = open_page(viewport={"width": 640, "height": 400}, device_scale_factor=2)

    page.goto("/settings/people")

    assert fits(page)
    page.locator(".set-pick summary").click()
    expect(page.locator(".set-pick").get_by_role("link", name="Parked work")).to_be_visible()


def test_the_palette_opens_by_key_finds_and_goes(agent_page: Page) -> None:
    agent_page.goto("/settings/people")

    agent_page.keyboard.press("Control+k")
    agent_page.keyboard.type("park")
    expect(agent_page.get_by_role("option", name="Parked work")).to_have_attribute("aria-selected", "true")
    agent_page.keyboard.press("Enter")

    agent_page.wait_for_url("**/settings/parked")


def test_the_keys_are_listed_and_do_not_act_while_typing(agent_page: Page) -> None:
    agent_page.goto("/settings/people")

    agent_page.get_by_placeholder("Name or address").press("?")
    expect(agent_page.locator("#keys")).to_be_hidden()
    agent_page.locator("h1").first.click()
    agent_page.keyboard.press("?")
    expect(agent_page.locator("#keys")).to_contain_text("Search and commands")
    agent_page.keyboard.press("Escape")
    expect(agent_page.locator("#keys")).to_be_hidden()


def test_single_keys_switched_off_stay_off(open_page: OpenPage) -> None:
    page = open_page()
    page.goto("/settings/people")
    page.keyboard.press("?")
    with page.expect_event("load"):
        page.get_by_role("button", name="Switch single keys off").click()

    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_hidden()
    page.keyboard.press("Control+k")
    expect(page.locator("#palette")).to_be_visible()

    page.keyboard.press("Escape")
    page.locator(".rail .me").click()
    page.locator("#me").get_by_role("button", name=re.compile("Keys")).click()
    with page.expect_event("load"):
        page.get_by_role("button", name="Switch single keys on").click()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()


def test_dark_is_kept(open_page: OpenPage) -> None:
    page = open_page(color_scheme="light")
    page.goto("/settings/people")

    page.locator(".rail .me").click()
    with page.expect_response("**/me/theme"):
        page.locator("#me").get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")

    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    with page.expect_response("**/me/theme"):
        page.evaluate("document.querySelector('[data-theme-form] [value=\"\"]').click()")


def test_what_happens_elsewhere_is_heard_in_every_window(open_page: OpenPage, live: LiveComity) -> None:
    one, other = open_page(), open_page()
    for page in (one, other):
        page.goto("/settings/people")
        page.evaluate(HEARS)

    live.python(HAPPENED)

    for page in (one, other):
        expect(page.locator("body")).to_have_attribute("data-heard", re.compile("agent:"))


def test_the_bell_refreshes_itself(agent_page: Page) -> None:
    agent_page.goto("/settings/people")

    with agent_page.expect_response("**/bell"):
        agent_page.evaluate("document.body.dispatchEvent(new CustomEvent('live:notices'))")

    expect(agent_page.locator("#bell")).to_have_count(1)


def test_what_happened_between_the_page_and_its_stream_is_heard_too(open_page: OpenPage, live: LiveComity) -> None:
    page = open_page()
    page.route("**/live", lambda route: (live.python(HAPPENED), route.continue_())[-1], times=1)
    page.add_init_script(
        "document." + HEARS.removeprefix("document.body."),
    )

    with page.expect_response("**/live", timeout=60_000):  # the process that makes it happen takes seconds to start
        page.goto("/settings/people")

    expect(page.locator("body")).to_have_attribute("data-heard", re.compile("agent:"))


def test_one_stream_serves_all_tabs_and_another_takes_over(open_page: OpenPage) -> None:
    first = open_page()
    second = first.context.new_page()
    for page in (first, second):
        page.goto("/settings/people")
        page.evaluate(HEARS)
    held = "() => navigator.locks.query().then((all) => all.held.length === 1 && all.pending.length === {})"

    second.wait_for_function(held.format(1))
    news = {"id": 10**9, "type": "shell.tested", "data": '{"subject": "agent:1"}'}
    first.evaluate("(news) => document.querySelector('cm-live').tell(news)", news)
    expect(second.locator("body")).to_have_attribute("data-heard", "agent:1")
    first.close()
    second.wait_for_function(held.format(0))


def test_without_a_stream_a_bar_says_since_when(open_page: OpenPage) -> None:
    page = open_page()
    page.route("**/live", lambda route: route.fulfill(status=200, content_type="text/event-stream", body=""))
    page.goto("/settings/people")
    page.evaluate("document.body.addEventListener('live:back', () => { document.body.dataset.back = 'yes' })")

    expect(page.locator(".offline-bar")).to_contain_text("Not connected since")
    page.unroute("**/live")

    expect(page.locator("body")).to_have_attribute("data-back", "yes", timeout=30_000)
    expect(page.locator(".offline-bar")).to_have_count(0)


def test_a_dialog_asks_before_something_is_lost(open_page: OpenPage) -> None:
    page = open_page()
    page.goto("/settings/people")
    button = '<button class="btn" data-confirm="Delete this? Two people use it." data-verb="Delete it">Delete</button>'
    form = f'<form method="get" action="/settings/brands">{button}</form>'
    page.evaluate("(form) => document.querySelector('.sec').insertAdjacentHTML('beforeend', form)", form)

    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Keep it").click()
    assert page.url.endswith("/settings/people")
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Delete it").click()

    page.wait_for_url("**/settings/brands?")
