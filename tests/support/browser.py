"""Chromium, driven by playwright; an error in a page's console fails the test that caused it."""

import os
import re
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from tests.support.live import LiveComity

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
GIVEN_UP = ("htmx:sendAbort", "htmx:afterRequest")  # the second stands beside each kind of failure, which has its own
A_REFUSAL = re.compile(r"the server responded with a status of 4\d\d")
PATIENCE = 30_000  # milliseconds: a busy machine takes its time
PROGRAMS = ("chromium-headless-shell", "chromium")  # the first is the same browser without a window, and lighter
OpenPage = Callable[..., Page]


def chromium() -> str | None:
    """Return where Chromium is on this machine."""
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the whole session."""
    program = chromium()
    if not program:
        pytest.fail("Chromium is not installed. Remedy: apt-get install chromium")
    # Playwright keeps an event loop in this thread, which Django would take for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "yes"
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture
def open_page(browser: Browser, live: LiveComity) -> Iterator[OpenPage]:
    """Open a page as somebody: `open_page()` is the administrator, `open_page(email="")` nobody; the rest are options
    of the browser context, such as color_scheme="dark" or viewport. Each call is a browser of its own.
    """
    errors: list[str] = []
    contexts = []

    def open(email: str = live.administrator, **options: object) -> Page:
        context = browser.new_context(base_url=live.url, **options)  # type: ignore[arg-type]
        contexts.append(context)
        if email:
            context.add_cookies([live.sign_in(email)])  # type: ignore[list-item]
        page = context.new_page()
        page.on("console", lambda message: errors.extend(_wrong(message)))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.set_default_timeout(PATIENCE)
        return page

    yield open
    for context in contexts:
        context.close()
    assert not errors, "\n".join(errors)


@pytest.fixture
def agent_page(open_page: OpenPage) -> Page:
    """A page where the administrator is signed in."""
    return open_page()


def _wrong(message: ConsoleMessage) -> list[str]:
    """What counts as a mistake: errors and policy violations, but not an answer that refuses politely, nor a request
    that was given up, since somebody left the page or typed on.
    """
    address = message.location.get("url", "")
    is_wanted = message.text.startswith(GIVEN_UP) or (A_REFUSAL.search(message.text) and "/static/" not in address)
    if message.type != "error" or is_wanted:
        return []
    return [f"{message.text} ({address})"]
