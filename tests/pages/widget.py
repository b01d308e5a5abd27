"""Every state of the chat on somebody's site: its name, and what a guest or those behind it do until it is there."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Error, FilePayload, expect

from comity.connectors.webchat.tests.site import Guest, Site, a_site, answer
from comity.connectors.webchat.tests.test_widget_states_in_browser import BLOCK, FORM
from comity.connectors.webchat.tests.test_widget_waiting_in_browser import FIRST_WORD, OPEN
from tests.pages.pictures import picture
from tests.support.live import LiveComity

SMALL = {"width": 520, "height": 800}  # around a panel; a page of its own is no more to look at
NEWEST = "from comity.connectors.webchat.models import Visitor; print(Visitor.objects.latest('pk').public)"
SENT = ".meta .i"
OFFERED = ("Yes, please", "No, thank you", "First tell me when it can be here, since we are away next week")
ENDS = ".menu button:last-child"


@dataclass(frozen=True)
class Shop:
    """A guest at a site with the chat, and the program behind it."""

    guest: Guest
    site: Site
    live: LiveComity


@dataclass(frozen=True)
class Stage:
    """Something to look at, as one of the pages is; `undo` takes back what that changed for other guests."""

    name: str
    do: Callable[[Shop], object]
    undo: Callable[[Shop], object] = lambda shop: None
    address: str = "on a site"


def opens(shop: Shop) -> None:
    """Open the chat."""
    shop.guest.opens().panel.locator(".promise").wait_for()


def begins(shop: Shop) -> None:
    """Begin a conversation."""
    opens(shop)
    shop.guest.panel.locator(".foot .btn-primary").click()
    shop.guest.panel.locator("textarea[enterkeyhint], .form").first.wait_for()


def says(shop: Shop, *texts: str) -> None:
    """Write, and wait until the last message has arrived."""
    begins(shop)
    shop.guest.says(*(texts or ("Does the Harbour 2 fit under a 38 cm cupboard? The shelf is not deep.",)))
    expect(shop.guest.bubbles).to_have_count(len(texts) or 1)
    shop.guest.panel.locator(SENT).last.wait_for(state="attached")
    expect(shop.guest.panel.locator(".where")).to_be_visible()


def talks(shop: Shop) -> None:
    """Talk with somebody who answers."""
    says(shop)
    answer(shop.live, shop.guest.conversations[0], "Good morning! It is 36.4 cm high, but you need 6 cm to fill it.",
           "The <b>Harbour 1</b> fills from the side. <a href='https://larkmoor.example/h1'>Look</a>")  # fmt: skip
    expect(shop.guest.bubbles).to_have_count(3)
    with shop.guest.page.expect_response("**/chat/v1/messages"):
        shop.guest.says("Ah. So I would have to pull it forward each time?")
    expect(shop.guest.bubbles).to_have_count(4)


def is_asked(shop: Shop) -> None:
    """Be offered answers to press, one of them long."""
    says(shop)
    answer(shop.live, shop.guest.conversations[0], "The <b>Harbour 1</b> would fit. Shall I keep one for you?",
           replies=OFFERED)  # fmt: skip
    shop.guest.panel.locator(".msg > .chips .chip").last.wait_for()


def chooses_files(shop: Shop) -> None:
    """Choose a picture and a file, without sending them."""
    begins(shop)
    photo: FilePayload = {
        "name": "cupboard-above-the-sink.png",
        "mimeType": "image/png",
        "buffer": picture(320, 200, (150, 120, 90)),
    }
    paper: FilePayload = {"name": "Order LM-40911.txt", "mimeType": "text/plain", "buffer": b"An order"}
    shop.guest.panel.locator("input[type=file]").set_input_files([photo, paper])
    expect(shop.guest.panel.locator(".file")).to_have_count(2)
    expect(shop.guest.panel.locator("progress")).to_have_count(0)


def sends_files(shop: Shop) -> None:
    """Send a picture and a file."""
    chooses_files(shop)
    shop.guest.says("The shelf looks like this:")
    shop.guest.panel.locator(".photo img").wait_for()
    shop.guest.panel.locator(".att").wait_for()


def is_offline(shop: Shop) -> None:
    """Lose the connection while writing."""
    talks(shop)
    shop.guest.context.set_offline(True)
    shop.guest.says("Are you there?")
    shop.guest.panel.locator(".offline").wait_for(timeout=40_000)


def is_refused(shop: Shop) -> None:
    """Be blocked by those who answer."""
    says(shop)
    shop.live.python(BLOCK.format(is_blocked=True))
    shop.guest.says("And in oat?")
    shop.guest.panel.locator(".banner").wait_for()


def asks_form(shop: Shop) -> None:
    """Be asked before the chat."""
    shop.live.python(FORM.format(key=shop.site.key, is_asked=True))
    begins(shop)


def fills_in_vain(shop: Shop) -> None:
    """Fill in the questions with mistakes."""
    asks_form(shop)
    shop.guest.panel.locator("[name=topic]").select_option(index=1)
    shop.guest.panel.locator("input[type=email]").fill("no address")
    shop.guest.panel.locator("form.view [type=submit]").click()
    shop.guest.panel.locator(".wrong:not(:empty)").first.wait_for()


def closes(shop: Shop) -> None:
    """Come outside the business hours, to a site of its own: what visitors of one are promised is kept for a while."""
    shop.live.python(OPEN.format(is_closed=True))
    with a_site(shop.live) as other:
        other.language, other.direction = shop.site.language, shop.site.direction
        shop.guest.site = other
        shop.guest.goes()
        says(shop)


def looks_back(shop: Shop) -> None:
    """Go home from a conversation."""
    talks(shop)
    shop.guest.panel.locator(".head .icon-btn").first.click()
    shop.guest.panel.locator(".promise").wait_for()


def menu(shop: Shop) -> None:
    """Open the menu of a conversation."""
    talks(shop)
    shop.guest.panel.locator("[aria-haspopup=menu]").click()
    shop.guest.panel.locator(".menu").wait_for()


def smiles(shop: Shop) -> None:
    """Open the emoji."""
    begins(shop)
    shop.guest.panel.locator(".write .icon-btn").last.click()
    shop.guest.panel.locator(".emoji").wait_for()


def would_end(shop: Shop) -> None:
    """Be asked before ending a conversation."""
    menu(shop)
    shop.guest.panel.locator(ENDS).click()
    shop.guest.panel.locator(".ask").wait_for()


def ends(shop: Shop) -> None:
    """End a conversation."""
    would_end(shop)
    shop.guest.panel.locator(".ask [type=submit]").click()
    shop.guest.panel.locator(".rate .faces").wait_for()


def rates(shop: Shop) -> None:
    """Rate a conversation."""
    ends(shop)
    shop.guest.panel.locator(".rate [type=radio]").last.check()
    shop.guest.panel.locator(".rate [type=submit]").click()
    expect(shop.guest.panel.locator(".rate .faces")).to_have_count(0)


def is_greeted(shop: Shop) -> None:
    """Hear a first word of somebody while the chat is closed."""
    guest = shop.guest.opens()
    guest.page.wait_for_function("() => Object.keys(localStorage).some((name) => name.endsWith(':token'))")
    guest.panel.locator(".top .icon-btn").click()
    with guest.page.expect_response("**/chat/v1/home"):
        guest.goes("/other")
    shop.live.python(FIRST_WORD.format(public=shop.live.python(NEWEST).strip()))
    guest.page.locator("comity-chat .teaser").wait_for()


def asks_no_more(shop: Shop) -> None:
    """Ask nobody before the chat."""
    shop.live.python(FORM.format(key=shop.site.key, is_asked=False))


def opens_again(shop: Shop) -> None:
    """Have no business hours."""
    shop.live.python(OPEN.format(is_closed=False))


def is_forgiven(shop: Shop) -> None:
    """Block nobody."""
    shop.live.python(BLOCK.format(is_blocked=False))


STAGES = [
    Stage("widget, button", lambda shop: shop.guest.launcher.wait_for()),
    Stage("widget, a first word", is_greeted),
    Stage("widget, home", opens),
    Stage("widget, home with a conversation", looks_back),
    Stage("widget, questions", asks_form, asks_no_more),
    Stage("widget, questions in vain", fills_in_vain, asks_no_more),
    Stage("widget, begun", begins),
    Stage("widget, somebody waits", says),
    Stage("widget, conversation", talks),
    Stage("widget, quick replies", is_asked),
    Stage("widget, files chosen", chooses_files),
    Stage("widget, files sent", sends_files),
    Stage("widget, emoji", smiles),
    Stage("widget, menu", menu),
    Stage("widget, offline", is_offline),
    Stage("widget, refused", is_refused, is_forgiven),
    Stage("widget, asked before ending", would_end),
    Stage("widget, ended", ends),
    Stage("widget, rated", rates),
    Stage("widget, closed for today", closes, opens_again),
]  # fmt: skip


@contextmanager
def a_shop(filled: Path, folder: Path) -> Iterator[tuple[LiveComity, Site]]:
    """Run a fresh house and a site with its chat."""
    shutil.copytree(filled / "fresh", folder)
    live = LiveComity(folder).start()
    try:
        with a_site(live) as site:
            yield live, site
    finally:
        live.close()


def show(stage: Stage, live: LiveComity, site: Site, browser: Browser, **options: Any) -> tuple[Guest, list[str]]:
    """Bring a guest of their own into a state; returns what went wrong too."""
    viewport = SMALL if options["viewport"]["width"] > SMALL["width"] else options["viewport"]
    guest = Guest(site, browser.new_context(reduced_motion="reduce", **{**options, "viewport": viewport}))
    shop = Shop(guest.goes(), site, live)
    try:
        stage.do(shop)
        guest.page.wait_for_timeout(300)  # until nothing moves
    except (Error, AssertionError) as problem:
        guest.wrong.append(str(problem)[:300])
    stage.undo(shop)
    return guest, [f"{stage.name}: {one}" for one in guest.wrong]
