"""What is done on a page to bring it into a state that is looked at."""

import contextlib
from collections.abc import Callable

from playwright.sync_api import Page, expect

Do = Callable[[Page], object]


def opens(selector: str) -> Do:
    """Open a menu that is fetched when its button is pressed, also where small pages hide the button."""

    def do(page: Page) -> None:
        menu = page.locator("#act-menu:popover-open")
        for _try in range(3):  # the header may just be drawn anew
            page.evaluate("(css) => document.querySelector(css).click()", selector)
            with contextlib.suppress(AssertionError):
                expect(menu).to_be_visible(timeout=2_000)
                return page.wait_for_timeout(80)  # until htmx knows what came
        return expect(menu).to_be_visible()

    return do


def asks(address: str) -> Do:
    """Open a dialog that is fetched from the menu of a conversation."""

    def do(page: Page) -> None:
        opens("[data-more]")(page)
        page.evaluate("(part) => document.querySelector(`#act-menu [hx-get*='${part}']`).click()", address)
        expect(page.locator("dialog[open]")).to_be_visible()

    return do


def presses(*keys: str, shows: str) -> Do:
    """Press keys outside any field until something shows."""

    def do(page: Page) -> None:
        for key in keys:
            page.keyboard.press(key)
        expect(page.locator(shows).first).to_be_visible()

    return do


def clicks(selector: str, shows: str = "") -> Do:
    """Press a button, by hand or, where it is too small to be seen, by code."""

    def do(page: Page) -> None:
        page.evaluate("(css) => document.querySelector(css).click()", selector)
        if shows:
            expect(page.locator(shows).first).to_be_visible()

    return do


def palette(page: Page) -> None:
    """Search in the palette."""
    _open_palette(page)
    page.keyboard.insert_text("ste")
    expect(page.locator("#palette-list [role=option]").first).to_be_visible()


def as_note(page: Page) -> None:
    """Turn the composer into a note."""
    page.locator(".composer [data-key=n]").click()
    expect(page.locator(".composer.as-note")).to_be_visible()


def mention(page: Page) -> None:
    """Begin to mention a colleague in a note."""
    as_note(page)
    page.locator(".composer [contenteditable]").click()
    page.keyboard.type("@ma")
    expect(page.locator(".mentions, [role=listbox]:visible").first).to_be_visible()


def send(page: Page) -> None:
    """Send a reply, so that it can be taken back."""
    page.locator(".composer [contenteditable]").click()
    page.keyboard.type("One moment, please.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#toasts cm-undo")).to_be_visible()


def take_back(page: Page) -> None:
    """Take the reply back, and throw its draft away; one that has left while this page was looked at is gone."""
    if not page.locator("#toasts cm-undo").count():
        return
    page.locator("#toasts cm-undo button").click()
    expect(page.locator(".composer [contenteditable]")).to_contain_text("One moment")
    empty(page)


def empty(page: Page) -> None:
    """Empty the composer, and wait until that is kept."""
    page.locator(".composer [contenteditable]").press("Control+a")
    page.keyboard.press("Backspace")
    expect(page.locator(".composer [contenteditable]")).to_have_text("")
    page.wait_for_timeout(1_200)


def write(page: Page) -> None:
    """Write into the composer without sending."""
    page.locator(".composer [contenteditable]").click()
    page.wait_for_timeout(100)


def offers_replies(page: Page) -> None:
    """Offer answers to press beneath what is being written."""
    page.locator(".composer [contenteditable]").click()
    page.locator(".composer [data-replies]").click()
    for words in ("Yes, please", "No, thank you", "First tell me when it can be here, since we are away next week"):
        page.keyboard.type(words)
        page.keyboard.press("Enter")
    expect(page.locator("cm-quick-replies .chip")).to_have_count(3)


def offers_none(page: Page) -> None:
    """Take them out again, and wait until that is kept."""
    page.locator("cm-quick-replies input:not([type=hidden])").click()
    for _each in range(3):
        page.keyboard.press("Backspace")
    expect(page.locator("cm-quick-replies .chip")).to_have_count(0)
    page.wait_for_timeout(1_200)


def pick(page: Page) -> None:
    """Select two conversations of the list."""
    boxes = "[...document.querySelectorAll('#rows [name=ids]')].slice(1, 3).forEach((box) => box.click())"
    page.evaluate(boxes)
    expect(page.locator("form.bulk")).to_be_visible()


def offline(page: Page) -> None:
    """Say that the connection is lost, as after five seconds without it."""
    page.evaluate("document.querySelector('cm-live').sayOffline()")
    expect(page.locator(".offline-bar")).to_be_visible()


def toasts(page: Page) -> None:
    """Ask for something that is no longer here, and change something."""
    page.evaluate("htmx.ajax('GET', '/contacts/99999/card', {swap: 'none'})")
    page.locator("#toasts .toast").first.wait_for()


def refuses(values: dict[str, str]) -> Do:
    """Send a form with mistakes."""

    def do(page: Page) -> None:
        for name, value in values.items():
            page.locator(f"main [name={name}]").first.fill(value)
        page.evaluate("document.querySelectorAll('main form').forEach((form) => (form.noValidate = true))")
        page.evaluate("document.querySelector('main form[method=post]').requestSubmit()")
        page.wait_for_load_state()
        expect(page.locator("[aria-invalid=true], .errors, .error, [role=alert]").first).to_be_visible()

    return do


def look(page: Page) -> None:
    """Look whether all is well, once, and wait until that is shown."""
    if not page.locator("#health .banner").count():
        page.locator("#main form button, main form button").first.click()
    expect(page.locator("#health:not([hx-get]) .banner").first).to_be_visible(timeout=60_000)


def makes_a_token(page: Page) -> None:
    """Make a token, whose secret is shown this once."""
    page.locator("main [name=name]").fill("Accounting")
    page.locator("main .form .btn-primary").click()
    expect(page.locator("#secret")).to_be_visible()


def asks_first(page: Page) -> None:
    """Press a button that asks before it deletes."""
    page.locator("main [data-confirm]").last.click()
    expect(page.locator("dialog[open]")).to_be_visible()


def finds_nothing(page: Page) -> None:
    """Search in the palette for what is nowhere."""
    _open_palette(page)
    page.keyboard.insert_text("zebra")
    expect(page.locator("#palette-list .empty")).to_be_visible()


def _open_palette(page: Page) -> None:
    """Open it, with its list: a question that the next one overtakes is no mistake, but it stands in the console."""
    presses("Control+k", shows="#palette")(page)
    expect(page.locator("#palette-list [role=option]").first).to_be_visible()


def customer_types(page: Page) -> None:
    """Say that the customer is writing, as their chat does."""
    page.evaluate("document.querySelector('cm-conversation').showTyping()")
    expect(page.locator("[data-customer-types]")).to_be_visible()


def rings(page: Page) -> None:
    """Wait until a chat rings at this desk; one that was just missed rings again after a while."""
    expect(page.locator("cm-ring")).to_be_visible(timeout=200_000)


def asks_in_vain(page: Page) -> None:
    """Make a question of a chat depend on one that is not there."""
    page.evaluate("document.querySelectorAll('details.at-times').forEach((one) => (one.open = true))")
    page.locator("[name=form-0-when_key]").fill("Your shoe size?")
    page.locator("form[hx-post*='chat/questions'] .btn:not([type=button])").click()
    page.locator("#toasts .toast").first.wait_for()


def spoil(page: Page) -> None:
    """Send a form of a page that is too old."""
    page.evaluate(
        "document.querySelectorAll('[name=csrfmiddlewaretoken]').forEach((one) => (one.value = 'x'.repeat(64)))"
    )
    page.context.clear_cookies(name="comity_csrf")
    with page.expect_event("load"):  # else the old page might be looked at while it goes
        page.evaluate("document.querySelector('main form[method=post]').submit()")


def two_steps(page: Page) -> None:
    """Sign in by password as somebody who has a second factor."""
    page.locator("[name=login]").fill("lena@larkmoor.example")
    page.locator("[name=password]").fill("four-wooden-ducks")
    page.locator("main form:has([name=password]) button").first.click()
    page.wait_for_url("**/two-factor/authenticate/**")
