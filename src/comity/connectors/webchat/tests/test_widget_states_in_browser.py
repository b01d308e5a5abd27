"""The states of the chat on somebody else's site: on a phone, mirrored, by keyboard, with forms, files and refusals."""

import re

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import expect

from comity.connectors.webchat.tests.site import Guest, Site, Visits, answer
from tests.pages.measuring import AXE
from tests.support.live import LiveComity

pytestmark = pytest.mark.browser
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
NARROW = {"viewport": {"width": 320, "height": 568}}
DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010804000000b51c0c020000000b4944415478da6364f80f00010501012718e3660000000049454e44ae426082"
)
FORM = """
from comity.connectors.webchat.actions.forms import AskedField, set_form
from comity.connectors.webchat.keys import read_inbox_key
from comity.conversations.models import Inbox
from comity.conversations.tests.make import SOMEBODY
fields = [
    AskedField(kind="name", label="Your name", is_required=True),
    AskedField(kind="email", label="E-mail address"),
    AskedField(kind="choice", label="What is it about?", key="topic", choices=("An order", "Something else")),
    AskedField(kind="text", label="Order number", key="order", is_required=True, when_key="topic",
               when_value="An order"),
]
set_form(inbox=Inbox.objects.get(pk=read_inbox_key({key!r})), fields=fields if {is_asked} else [], by=SOMEBODY)
"""
BLOCK = """
from django.utils import timezone
from comity.connectors.webchat.models import Visitor
Visitor.objects.filter(identity__isnull=False).update(blocked_at=timezone.now() if {is_blocked} else None)
"""
COLOUR = """
from comity.accounts.models import Brand
Brand.objects.update(colour={colour!r})
"""
DROP = """(panel) => {
  const data = new DataTransfer();
  data.items.add(new File(["a list"], "list.txt", { type: "text/plain" }));
  const event = (name) => new DragEvent(name, { dataTransfer: data, bubbles: true, cancelable: true });
  const view = panel.querySelector(".view");
  view.dispatchEvent(event("dragenter"));
  const isCovered = Boolean(panel.querySelector(".drop"));
  view.dispatchEvent(event("drop"));
  return isCovered && !panel.querySelector(".drop");
}"""
KNOWN = """<script>
Comity = (...call) => (Comity.q = Comity.q || []).push(call);
Comity('set', { email: 'anna@example.org' });
</script><script"""
PASTE = """(field) => {
  const clipboardData = new DataTransfer();
  clipboardData.items.add(new File(["pasted"], "pasted.txt", { type: "text/plain" }));
  field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
}"""


def axe(guest: Guest) -> list[str]:
    """Return what axe finds wrong with the chat as it stands."""
    guest.page.wait_for_timeout(400)  # until nothing moves: what fades in has no contrast yet
    guest.page.evaluate(AXE_SCRIPT)
    found: list[str] = guest.page.evaluate(AXE, {})
    return [one for one in found if "comity-chat" in one]


def overflow(guest: Guest) -> int:
    """Return by how many pixels something of the chat is wider than it."""
    return int(guest.panel.evaluate("(panel) => panel.scrollWidth - panel.clientWidth"))


def test_on_a_phone_it_fills_what_is_seen_above_the_keyboard(visit: Visits) -> None:
    guest = visit(**PHONE).begins().says("Hello from my phone")
    expect(guest.panel.locator(".meta").last).to_contain_text("Delivered")

    assert guest.panel.bounding_box() == {"x": 0, "y": 0, "width": 390, "height": 844}
    assert guest.panel.get_attribute("aria-modal") == "true"
    expect(guest.launcher).to_be_hidden()
    assert axe(guest) == []
    guest.page.set_viewport_size({"width": 390, "height": 440})  # what the keyboard leaves
    expect(guest.writes).to_be_in_viewport(ratio=1)
    expect(guest.bubbles.last).to_be_in_viewport()
    box = guest.panel.bounding_box()
    assert box and round(box["height"]) == 440
    assert guest.writes.evaluate("(field) => parseFloat(getComputedStyle(field).fontSize)") >= 16  # iOS enlarges less


def test_at_320_pixels_nothing_is_cut_off(visit: Visits) -> None:
    guest = visit(**NARROW).opens()
    assert overflow(guest) == 0
    guest.panel.get_by_role("button", name="Start a conversation").click()
    guest.says("https://shop.example/" + "a-very-long-address/" * 8, "word " * 60)
    expect(guest.bubbles).to_have_count(2)
    assert overflow(guest) == 0


def test_arabic_is_mirrored_and_speaks_arabic(site: Site, visit: Visits) -> None:
    site.language, site.direction = "ar", "rtl"
    guest = visit(locale="ar", color_scheme="dark", viewport={"width": 1280, "height": 800}).opens()

    box = guest.panel.bounding_box()
    assert box and round(box["x"]) == 20
    expect(guest.panel.get_by_role("button", name="ابدأ محادثة")).to_be_visible()
    assert axe(guest) == []
    guest.panel.get_by_role("button", name="ابدأ محادثة").click()
    guest.says("مرحبا")
    expect(guest.panel.locator(".meta").last).to_contain_text("وصلت")
    bubble = guest.bubbles.last.bounding_box()
    assert bubble and bubble["x"] < 60
    assert axe(guest) == []


def test_everything_is_reached_by_keyboard_and_the_focus_comes_back(visit: Visits) -> None:
    guest = visit()
    guest.launcher.focus()
    press = guest.page.keyboard.press
    press("Enter")
    expect(guest.panel.get_by_role("button", name="Start a conversation")).to_be_focused()
    press("Enter")
    expect(guest.writes).to_be_focused()
    guest.page.keyboard.type("A line")
    press("Shift+Enter")
    guest.page.keyboard.type("and another")
    for key in ("Tab", "Tab", "Enter", "ArrowRight", "Enter", "Escape"):
        press(key)
    expect(guest.writes).to_be_focused()
    expect(guest.writes).to_have_value("A line\nand another😊")
    press("Enter")
    expect(guest.bubbles.last).to_have_text("A line\nand another😊", use_inner_text=True)
    expect(guest.panel.locator(".meta").last).to_contain_text("Delivered")

    more = guest.panel.get_by_role("button", name="More")
    more.focus()
    press("Enter")
    expect(guest.panel.get_by_role("menuitemcheckbox", name="Sound for new messages")).to_be_focused()
    press("End")
    expect(guest.panel.get_by_role("menuitem", name="End the conversation")).to_be_focused()
    press("Escape")
    expect(more).to_be_focused()
    press("Escape")
    expect(guest.launcher).to_be_focused()
    expect(guest.panel).to_be_hidden()


def test_files_go_by_button_by_drop_and_by_paste(visit: Visits) -> None:
    guest = visit().begins()
    picture = {"name": "kitchen.png", "mimeType": "image/png", "buffer": DOT}
    guest.panel.locator("input[type=file]").set_input_files([picture])  # type: ignore[list-item]
    assert guest.panel.evaluate(DROP)
    guest.writes.evaluate(PASTE)
    files = guest.panel.locator(".file")
    expect(files).to_have_count(3)
    expect(guest.panel.locator("progress")).to_have_count(0)
    files.nth(2).get_by_role("button", name="Remove pasted.txt").click()
    guest.says("Here they are")
    expect(guest.panel.locator(".meta").last).to_contain_text("Delivered")

    expect(guest.panel.locator(".att")).to_contain_text("list.txt")
    photo = guest.panel.locator(".photo img")
    photo.wait_for()
    guest.page.wait_for_function(
        "() => document.querySelector('comity-chat').shadowRoot.querySelector('.photo img').naturalWidth === 1"
    )
    message = guest.ask(f"conversations/{guest.conversations[0]}/messages")["items"][0]
    names = {file["name"] for file in message["attachments"]}  # as the uploads ended, which go side by side
    assert names == {"kitchen.png", "list.txt"}


def test_a_form_asks_only_what_is_not_known(live: LiveComity, site: Site, visit: Visits) -> None:
    live.python(FORM.format(key=site.key, is_asked=True))
    site.pages["/known"] = site.page("/").replace("<script", KNOWN, 1)
    try:
        guest = visit().opens()
        guest.panel.get_by_role("button", name="Start a conversation").click()
        expect(guest.panel.get_by_label("Your name")).to_be_focused()
        expect(guest.panel.get_by_label("Order number")).to_have_count(0)
        guest.panel.get_by_label("What is it about?").select_option("An order")
        guest.panel.get_by_label("E-mail address").fill("no address")
        guest.panel.get_by_role("button", name="Continue").click()
        expect(guest.panel.locator(".wrong:not(:empty)")).to_have_count(3)
        expect(guest.panel.get_by_label("Your name")).to_be_focused()
        assert axe(guest) == []
        guest.panel.get_by_label("Your name").fill("Anna Berg")
        guest.panel.get_by_label("E-mail address").fill("")
        guest.panel.get_by_label("Order number").fill("41102")
        guest.panel.get_by_role("button", name="Continue").click()
        guest.says("Where is it?")
        expect(guest.bubbles.last).to_contain_text("Where is it?")
        expect(guest.panel.locator(".meta").last).to_contain_text("Delivered")
        assert "41102" in guest.stored()[0]
        guest.panel.get_by_role("button", name="Back", exact=True).click()
        guest.panel.get_by_role("button", name="Start a conversation").click()
        expect(guest.panel.get_by_label("E-mail address")).to_be_visible()
        expect(guest.panel.get_by_label("Your name")).to_have_count(0)

        known = visit("/known").opens()
        known.panel.get_by_role("button", name="Start a conversation").click()
        expect(known.panel.get_by_label("Your name")).to_be_visible()
        expect(known.panel.get_by_label("E-mail address")).to_have_count(0)
    finally:
        live.python(FORM.format(key=site.key, is_asked=False))


def test_a_refused_message_gives_its_text_back(live: LiveComity, visit: Visits) -> None:
    guest = visit().begins().says("Taken")
    expect(guest.panel.locator(".meta").last).to_contain_text("Delivered")
    live.python(BLOCK.format(is_blocked=True))
    try:
        guest.says("Not taken")
        expect(guest.panel.locator(".banner")).to_contain_text("takes no messages from you")
        expect(guest.writes).to_have_value("Not taken")
        expect(guest.bubbles).to_have_count(1)
    finally:
        live.python(BLOCK.format(is_blocked=False))
    guest.writes.press("Enter")
    expect(guest.bubbles).to_have_count(2)
    expect(guest.panel.locator(".meta").last).to_contain_text("Delivered")
    assert guest.stored() == ["Taken", "Not taken"]


def test_an_ended_conversation_is_rated_and_can_be_taken_up_again(live: LiveComity, visit: Visits) -> None:
    guest = visit().begins().says("Thank you")
    expect(guest.panel.locator(".meta").last).to_contain_text("Delivered")
    answer(live, guest.conversations[0], "With pleasure")
    expect(guest.bubbles).to_have_count(2)
    guest.panel.get_by_role("button", name="More").click()
    guest.panel.get_by_role("menuitem", name="End the conversation").click()
    guest.panel.get_by_role("button", name="End it").click()

    expect(guest.panel.locator(".head")).to_contain_text("Conversation finished")
    guest.panel.get_by_label("Lovely").check()
    guest.panel.get_by_label("Anything we should know? (optional)").fill("Very kind")
    assert axe(guest) == []
    guest.panel.locator(".rate").get_by_role("button", name="Send").click()
    expect(guest.panel.locator(".rate")).to_have_text("Thank you. That helps us.")
    found = guest.ask(f"conversations/{guest.conversations[0]}/rating")
    assert (found["score"], found["comment"]) == (5, "Very kind")
    guest.panel.get_by_role("button", name="Write again").click()
    guest.says("One more thing")
    expect(guest.panel.locator(".head")).not_to_contain_text("Conversation finished")
    assert len(guest.conversations) == 1


@pytest.mark.parametrize("colour", ["#ffee00", "#00ff66", "#ffffff", "#000000"])
def test_any_brand_colour_is_readable(live: LiveComity, visit: Visits, colour: str) -> None:
    live.python(COLOUR.format(colour=colour))
    guest = visit(color_scheme="light").begins()
    guest.says("Is this readable?")
    expect(guest.panel.locator(".meta").last).to_contain_text("Delivered")
    for scheme in ("light", "dark"):
        guest.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert axe(guest) == []


def test_a_server_that_dies_in_the_middle_loses_nothing_and_doubles_nothing(live: LiveComity, visit: Visits) -> None:
    guest = visit().begins().says("before")
    expect(guest.panel.locator(".meta").last).to_contain_text("Delivered")
    guest.says(*(f"during {number}" for number in range(3)))
    live.kill()
    guest.says("after")
    expect(guest.panel.locator(".meta").last).to_contain_text(re.compile("Waits|Sending"))
    live.start()

    expect(guest.panel.locator(".meta").last).to_contain_text("Delivered", timeout=60_000)
    expect(guest.panel.locator(".offline")).to_have_count(0)
    assert guest.stored() == ["before", "during 0", "during 1", "during 2", "after"]
    assert guest.bubbles.all_inner_texts() == guest.stored()
