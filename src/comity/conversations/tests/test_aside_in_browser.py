"""Forwarding with keys, what is held back and what is taken back, in a real browser on the running program."""

import re

import pytest
from playwright.sync_api import APIResponse, Page, Route, expect

from comity.conversations.tests.test_workspace_in_browser import made, written
from tests.support.live import LiveComity

pytestmark = pytest.mark.browser


def test_f_forwards_and_throwing_away_leads_back(live: LiveComity, agent_page: Page) -> None:
    page = agent_page
    (pk,) = made(live, "Worn seal")
    page.goto(f"/conversations/{pk}?view=open")
    composer = page.locator(".composer")
    expect(composer.locator(".ed-text")).to_be_visible()

    page.keyboard.press("f")
    expect(composer).to_have_class(re.compile("as-forward"))
    expect(composer.locator("input[name=subject]")).to_have_value("Fwd: Worn seal")
    expect(page.locator(".composer [id$=-to]")).to_be_focused()
    expect(composer.locator(".chip")).to_have_count(0)
    page.keyboard.type("ian@workshop.example,")
    composer.locator(".ed-text").click()
    page.keyboard.press("Control+Home")
    page.keyboard.type("Is this one of yours?")
    expect(composer.locator("[data-saved]")).to_have_text("Saved")
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    expect(composer).not_to_have_class(re.compile("as-forward"))
    expect(composer.locator(".ed-text")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("f")
    expect(composer.locator(".ed-text")).to_contain_text("Is this one of yours?")
    expect(composer).to_contain_text("what you began before")
    page.keyboard.press("Control+Enter")

    letter = page.locator(".letter.aside")
    expect(letter).to_contain_text("Forwarded")
    page.locator("#toasts cm-undo button").click()
    expect(composer.locator(".ed-text")).to_contain_text("Is this one of yours?")
    expect(letter).to_have_count(0)
    composer.get_by_role("button", name="Throw away").click()
    expect(composer).not_to_have_class(re.compile("as-forward"))
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_contain_text("Forward")


def test_what_was_done_before_the_page_was_ready_counts(live: LiveComity, agent_page: Page) -> None:
    page = agent_page
    live.python("from comity.conversations.tests.make import an_inbox; an_inbox()")
    late: list[Route] = []
    page.route(re.compile(r"/cm-(chips|upload)\.js"), lambda route: late.append(route))
    page.goto("/conversations/new", wait_until="domcontentloaded")
    page.locator(".composer [id$=-to]").fill("early@customers.example")
    page.locator(".composer [id$=-to]").press("Enter")
    page.locator("input[name=subject]").fill("Before all was there")
    page.locator("input[name=subject]").press("Enter")
    page.locator(".composer .ed-text").click()
    page.keyboard.type("Hello?")
    guide = {"name": "guide.txt", "mimeType": "text/plain", "buffer": b"Descale it."}
    page.locator(".composer input[type=file]").set_input_files(guide)  # type: ignore[arg-type]
    for route in late:
        route.continue_()
    expect(page.locator(".composer .chip")).to_have_text("early@customers.example")
    expect(page.locator(".composer .att [data-remove]")).to_be_visible()
    page.locator(".composer [id$=-cc]").fill("late@customers.example")
    page.keyboard.press("Control+Enter")

    expect(page.locator(".thread")).to_contain_text("Hello?")
    expect(page.locator(".thread .letter")).to_contain_text("late@customers.example")
    expect(page.locator(".thread .letter")).to_contain_text("guide.txt")


def answered(page: Page, late: list[tuple[Route, APIResponse]]) -> tuple[Route, APIResponse]:
    """What the page waits for, once the server has answered it: what follows from it may be seen before."""
    while not late:
        page.wait_for_timeout(50)
    return late.pop()


def begin(live: LiveComity, page: Page, subject: str) -> int:
    """Open a new conversation and write an answer; returns its number."""
    (pk,) = made(live, subject)
    page.goto(f"/conversations/{pk}?view=open")
    page.locator(".composer .ed-text").click()
    page.keyboard.type("On Monday, then.")
    return pk


def send_tomorrow(page: Page) -> None:
    """Let the answer leave in the morning."""
    page.locator("[popovertarget$=-send]").click()
    page.locator(".send-menu").get_by_text("Tomorrow morning").click()
    expect(page.locator(".thread [data-state=scheduled]")).to_contain_text("Leaves on")


def test_what_is_held_back_comes_into_a_composer_that_was_on_its_way(live: LiveComity, agent_page: Page) -> None:
    page, composer = agent_page, agent_page.locator(".composer")
    pk = begin(live, page, "Overtaken")
    late: list[tuple[Route, APIResponse]] = []
    page.route("**/send/reply", lambda route: late.append((route, route.fetch())), times=1)
    send_tomorrow(page)
    written(live, pk, "It works again")
    expect(page.locator(".thread")).to_contain_text("held back")
    expect(composer.locator(".ed-text")).to_have_text("On Monday, then.")

    route, answer = answered(page, late)
    route.fulfill(response=answer)

    expect(composer.locator(".banner")).to_contain_text("wrote before")


def test_what_is_taken_back_comes_though_its_message_left_the_page_before(live: LiveComity, agent_page: Page) -> None:
    page, text = agent_page, agent_page.locator(".composer .ed-text")
    begin(live, page, "Too early")
    send_tomorrow(page)
    late: list[tuple[Route, APIResponse]] = []
    page.route("**/undo", lambda route: late.append((route, route.fetch())), times=1)
    page.locator("cm-thread").get_by_role("button", name="Take it back").click()
    expect(page.locator("cm-thread .state")).to_have_count(0)

    route, answer = answered(page, late)
    route.fulfill(response=answer)

    expect(text).to_have_text("On Monday, then.")
    expect(text).to_be_focused()


def test_a_slow_part_of_the_page_keeps_no_other_one_waiting(live: LiveComity, agent_page: Page) -> None:
    page = agent_page
    pk = begin(live, page, "Slow header")
    page.route("**/header", lambda route: None)  # never answered
    send_tomorrow(page)

    written(live, pk, "It works again")

    expect(page.locator(".composer .banner")).to_contain_text("wrote before")


def test_what_is_held_back_comes_into_the_empty_composer(live: LiveComity, agent_page: Page) -> None:
    page, composer = agent_page, agent_page.locator(".composer")
    pk = begin(live, page, "Later")
    send_tomorrow(page)

    written(live, pk, "It works again")

    expect(composer.locator(".banner")).to_contain_text("wrote before")
    expect(composer.locator(".ed-text")).to_have_text("On Monday, then.")
    expect(page.locator(".thread [data-state=scheduled]")).to_have_count(0)
    expect(page.locator(".thread")).to_contain_text("held back")
