"""The workspace in a real browser on the running program: live, by keys, and on a phone."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import OpenPage
from tests.support.live import LiveComity
from tests.support.pace import slowness

pytestmark = pytest.mark.browser

ANEW = """
import itertools, time
from comity.contacts.tests import make as contacts
from comity.conversations.tests import make as conversations
contacts._numbers = conversations._numbers = itertools.count(time.time_ns())  # each process begins with other numbers
"""
MAKE = """
from comity.conversations.models import Inbox
from comity.conversations.tests.make import a_conversation, an_inbox
inbox = Inbox.objects.first() or an_inbox()
print(*[a_conversation(inbox=inbox, subject=subject, text="word " * 60).pk for subject in {subjects!r}])
"""
WRITE = """
from comity.conversations.models import Conversation
from comity.conversations.tests.make import an_inbound
for text in {texts!r}:
    an_inbound(Conversation.objects.get(pk={pk}), text=text)
"""
COMES_TO_REST = """async (each, began) => {
  for (let now = began, last = -1; now !== last || now === began; now = each.scrollTop) {
    last = now;
    await new Promise((done) => setTimeout(done, 200));
  }
  return each.scrollTop;
}"""
FITS = """(frame) => {
  const inside = frame.contentDocument.documentElement.getBoundingClientRect().height;
  return Math.abs(frame.getBoundingClientRect().height - inside) <= 2;
}"""


@pytest.fixture
def page(agent_page: Page) -> Page:
    return agent_page


def made(live: LiveComity, *subjects: str) -> list[int]:
    return [int(pk) for pk in live.python(ANEW + MAKE.format(subjects=list(subjects))).split()]


def written(live: LiveComity, pk: int, *texts: str) -> None:
    live.python(ANEW + WRITE.format(pk=pk, texts=list(texts)))


def test_what_arrives_appears_without_moving_what_somebody_reads(live: LiveComity, page: Page) -> None:
    (pk,) = made(live, "Steam")
    written(live, pk, *["line " * 80] * 8)
    page.goto(f"/conversations/{pk}")
    thread = page.locator("cm-thread")
    expect(page.locator(".composer cm-editor")).to_be_visible()
    expect(thread.locator("[data-message]")).to_have_count(9)
    thread.hover()
    bottom = thread.evaluate("each => each.scrollTop")
    page.mouse.wheel(0, -600)
    before = thread.evaluate(COMES_TO_REST, bottom)

    written(live, pk, "A later word")

    jump = page.locator("[data-jump]")
    expect(jump).to_be_visible()
    assert thread.evaluate("each => each.scrollTop") == before
    jump.click()
    expect(page.get_by_text("A later word").last).to_be_in_viewport()


def test_new_conversations_wait_while_the_list_is_pointed_at(live: LiveComity, page: Page) -> None:
    made(live, "First")
    page.goto("/inbox?view=open")
    page.locator(".conv-row").first.hover()

    (pk,) = made(live, "Second")

    came = page.locator("[data-came]")
    expect(came).to_have_text("1 new")
    assert page.locator(f"#row-{pk}").count() == 0
    came.click()
    expect(page.locator(".conv-row").first).to_have_id(f"row-{pk}")


def test_keys_lead_through_the_list_and_act(live: LiveComity, page: Page) -> None:
    _older, newer = made(live, "Older", "Newer")
    page.goto(f"/conversations/{newer}?view=open")
    expect(page.locator("cm-conversation h1")).to_have_text("Newer")

    page.keyboard.press("j")
    expect(page.locator("cm-conversation h1")).to_have_text("Older")
    page.keyboard.press("k")
    expect(page.locator("cm-conversation h1")).to_have_text("Newer")
    page.keyboard.press("e")
    expect(page.locator("cm-conversation h1")).to_have_text("Older")
    expect(page.locator("#toasts")).to_contain_text("Resolved")
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(page.locator(f"#row-{newer}")).not_to_have_class("is-away")
    page.keyboard.press("t")
    page.locator("#act-menu input").fill("wave")
    page.keyboard.press("Enter")
    expect(page.locator(".conv-head .tag")).to_have_text("wave")
    page.keyboard.press("a")
    page.locator("#act-menu").get_by_text("Take it").click()
    expect(page.locator("cm-thread")).to_contain_text("took this")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_contain_text("Mark unread")


def test_what_is_typed_after_r_and_n_is_text_and_never_a_key(live: LiveComity, page: Page) -> None:
    _other, pk = made(live, "Other", "Wheel")
    live.python("from comity.accounts.tests.make import an_agent; an_agent(name='Bo Berg', email='bo.berg@shop.test')")
    page.goto(f"/conversations/{pk}?view=open")
    composer = page.locator(".composer")
    expect(composer.locator(".ed-text")).to_be_visible()

    page.keyboard.press("r")
    page.keyboard.type("Dear e, a <b> is here")
    expect(composer.locator(".ed-text")).to_have_text("Dear e, a <b> is here")
    expect(composer.locator("[data-saved]")).to_have_text("Saved")
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.keyboard.type("see e & t")  # without waiting for the note to be there

    expect(page.locator(".composer.as-note .ed-text")).to_have_text("see e & t")
    expect(page.locator(".composer [data-saved]")).to_have_text("Saved")
    page.keyboard.type(" @bo")
    expect(page.locator(".ed-mentions")).to_be_visible()
    page.keyboard.press("Escape")  # closes the list of people only
    expect(page.locator(".ed-mentions")).to_have_count(0)
    expect(page.locator(".composer .ed-text")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    expect(page.locator(".composer:not(.as-note) .ed-text")).to_be_focused()
    page.keyboard.type("!")
    expect(page.locator(".composer .ed-text")).to_have_text("Dear e, a <b> is here!")
    expect(page.locator("cm-conversation h1")).to_have_text("Wheel")
    assert page.locator("#toasts").inner_text() == ""


def test_a_message_taken_back_is_written_on_at_once(live: LiveComity, page: Page) -> None:
    (pk,) = made(live, "Whistle")
    page.goto(f"/conversations/{pk}?view=open")
    expect(page.locator(".composer .ed-text")).to_be_visible()
    page.keyboard.press("r")
    page.keyboard.type("We send a whistle")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#toasts")).to_contain_text("Sending")

    page.keyboard.press("Control+z")
    expect(page.locator(".composer .ed-text")).to_be_focused()
    page.keyboard.type(" today")

    expect(page.locator(".composer .ed-text")).to_have_text("We send a whistle today")


def test_writing_to_somebody_first_begins_at_to_and_offers_who_is_known(live: LiveComity, page: Page) -> None:
    live.python(
        "from comity.contacts.tests.make import a_contact; a_contact(name='Maya Lindqvist', email='maya@example.org')\n"
        "from comity.conversations.tests.make import an_inbox; an_inbox()"
    )
    page.goto("/inbox")
    expect(page.locator("cm-list")).to_be_visible()
    while "option" not in page.request.get("/people/addresses?q=lind").text():
        page.wait_for_timeout(100)  # until the search knows her

    page.keyboard.press("c")
    expect(page.locator(".composer [id$=-to]")).to_be_focused()
    page.keyboard.type("maya@exa")
    expect(page.locator(".ed-mentions [role=option]")).to_contain_text("Maya Lindqvist")
    page.keyboard.press("Enter")

    expect(page.locator(".composer .chip").first).to_have_text("Maya Lindqvist <maya@example.org>")
    expect(page.locator(".composer .chip.warn")).to_have_count(0)
    page.locator(".composer [id$=-cc]").fill("lind")
    expect(page.locator(".ed-mentions [role=option]")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)  # what was typed must not become a chip as well
    expect(page.locator(".composer .chip")).to_have_count(2)


def test_merging_finds_the_other_conversation_while_typing(live: LiveComity, page: Page) -> None:
    into, pk = made(live, "Lantern", "Candle")
    page.goto(f"/conversations/{pk}?view=open")
    expect(page.locator(".composer .ed-text")).to_be_visible()

    page.keyboard.press("m")
    expect(page.locator("dialog[open]")).to_contain_text("no other conversation")
    page.keyboard.type("lanter")
    expect(page.locator("#merge-found")).to_contain_text("Lantern")
    page.keyboard.press("Enter")

    expect(page.locator("cm-conversation h1")).to_have_text("Lantern")
    assert page.url.split("?")[0].endswith(f"/{into}")


def test_a_phone_shows_one_pane_at_a_time(live: LiveComity, open_page: OpenPage) -> None:
    (pk,) = made(live, "On the way")
    page = open_page(viewport={"width": 320, "height": 640})
    page.goto("/inbox")

    page.locator(f"#row-{pk} .open").click()
    expect(page.locator("cm-conversation")).to_be_visible()
    expect(page.locator(".list")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_label("Back to the list").click()
    expect(page.locator(".list")).to_be_visible()
    expect(page.locator("cm-conversation")).to_be_hidden()


def test_a_phone_shows_how_urgent_it_is_and_all_tags(live: LiveComity, open_page: OpenPage) -> None:
    (pk,) = made(live, "On the way")
    live.python(
        f"""
from comity.conversations import actions
from comity.conversations.models import Conversation
from comity.conversations.tests.make import SOMEBODY
for name in ("steam", "warranty", "a rather long name of a tag"):
    actions.tag(conversation=Conversation.objects.get(pk={pk}), name=name, by=SOMEBODY)
actions.set_priority(conversation=Conversation.objects.get(pk={pk}), priority="urgent", by=SOMEBODY)
"""
    )
    page = open_page(viewport={"width": 320, "height": 640})
    page.goto(f"/conversations/{pk}")

    expect(page.locator(".conv-head .tag")).to_have_count(3)
    for tag in page.locator(".conv-head .tag").all():
        expect(tag).to_be_in_viewport(ratio=1)
    expect(page.locator(".conv-head").get_by_text("Urgent")).to_be_visible()


def test_a_row_that_leaves_no_longer_says_who_is_writing(live: LiveComity, page: Page) -> None:
    made(live, "Stays")
    (pk,) = made(live, "Leaves")
    live.python(
        f"""
from comity.accounts.tests.make import an_agent
from comity.conversations import actions
from comity.conversations.models import Conversation
writer = an_agent(name="Bo Writer", email="bo.writer{pk}@shop.test")
actions.watch(conversation=Conversation.objects.get(pk={pk}), agent=writer, is_writing=True)
"""
    )
    page.goto("/inbox?view=open")
    row = page.locator(f"#row-{pk}")
    expect(row.get_by_text("is writing")).to_be_visible()
    page.locator(".conv-row").last.hover()  # so that the row stays for now

    live.python(
        f"""
from comity.conversations import actions
from comity.conversations.models import Conversation
from comity.conversations.tests.make import SOMEBODY
actions.delete(conversation=Conversation.objects.get(pk={pk}), by=SOMEBODY)
"""
    )

    expect(row).to_have_class("conv-row unread is-away")
    expect(row.get_by_text("is writing")).to_be_hidden()


def test_a_mails_frame_takes_the_height_of_its_words(live: LiveComity, page: Page) -> None:
    made(live, "Before")
    live.python(
        ANEW
        + """
from comity.conversations.models import Inbox
from comity.conversations.tests.make import a_conversation
from comity.core.html import sanitise_mail
html = sanitise_mail("<p>" + "many words " * 200 + "</p><p id=end>The end</p><script>parent.hacked = 1</script>")
a_conversation(inbox=Inbox.objects.first(), subject="In HTML", html=html)
"""
    )
    page.goto("/inbox?view=open")
    page.locator(".conv-row", has_text="In HTML").locator(".open").click()

    frame = page.locator("iframe.mail-frame")
    expect(page.frame_locator("iframe.mail-frame").get_by_text("The end")).to_be_visible()
    page.wait_for_function(FITS, arg=frame.element_handle())
    assert page.evaluate("window.hacked") is None


def test_a_key_acts_as_soon_as_the_next_conversation_is_there(live: LiveComity, page: Page) -> None:
    _older, newer = made(live, "Slow", "Quick")
    page.goto(f"/conversations/{newer}?view=open")
    expect(page.locator("cm-conversation h1")).to_have_text("Quick")
    page.evaluate(
        """() => new MutationObserver((_found, watcher) => {
             if (document.querySelector("cm-conversation h1")?.textContent !== "Slow") return;
             watcher.disconnect();
             dispatchEvent(new KeyboardEvent("keydown", { key: "e", cancelable: true }));
           }).observe(document.body, { childList: true, subtree: true })"""
    )

    page.keyboard.press("j")

    expect(page.locator("#toasts")).to_contain_text("Resolved")


def test_spaces_and_empty_lines_of_a_draft_are_there_again(live: LiveComity, page: Page) -> None:
    (pk,) = made(live, "Draft")
    page.goto(f"/conversations/{pk}?view=open")
    text = page.locator(".composer .ed-text")
    expect(text).to_be_visible()
    page.keyboard.press("r")
    for line in ("Dear Anna,", "", "two  spaces", ""):
        page.keyboard.type(line)
        page.keyboard.press("Enter")
    page.keyboard.type("and so ")
    expect(page.locator(".composer [data-saved]")).to_have_text("Saved")
    before = page.locator(".composer cm-editor").evaluate("each => each.value")

    page.reload()
    expect(text).to_be_visible()
    page.keyboard.press("r")
    page.keyboard.type("on")

    expect(text.locator("p").last).to_have_text("and so on")
    assert page.locator(".composer cm-editor").evaluate("each => each.value") == before[:-4] + "on</p>"
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.wait_for_timeout(2000 * slowness())
    page.reload()
    expect(text.locator("p")).to_have_count(7)


def test_a_reply_leaves_later_by_the_menu_and_by_a_moment_of_ones_own(live: LiveComity, page: Page) -> None:
    (pk,) = made(live, "Parcel")
    page.goto(f"/conversations/{pk}?view=open")
    expect(page.locator(".composer .ed-text")).to_be_visible()
    page.keyboard.press("r")
    page.keyboard.type("It leaves with the parcel")
    page.get_by_label("More ways to send").click()
    page.locator(".send-menu").get_by_text("Tomorrow morning").click()
    expect(page.locator("#toasts")).to_contain_text("Leaves on")
    expect(page.locator("cm-thread .state")).to_contain_text("Leaves on")
    page.locator("cm-thread").get_by_role("button", name="Take it back").click()
    expect(page.locator(".composer .ed-text")).to_have_text("It leaves with the parcel")

    page.get_by_label("More ways to send").click()
    page.locator(".send-menu").get_by_text("Choose a moment").click()
    page.get_by_label("It leaves at").fill("2090-05-04T10:30")
    page.keyboard.press("Enter")
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(page.locator("cm-thread .state")).to_contain_text("2090")
    expect(page.locator(".composer .ed-text")).to_have_text("")
    page.locator("cm-thread").get_by_role("button", name="Send now").click()
    expect(page.locator("cm-thread .state")).not_to_contain_text("2090")


def test_the_way_of_sending_that_is_pressed_in_the_menu_is_the_one_taken(live: LiveComity, page: Page) -> None:
    (pk,) = made(live, "Settled")
    page.goto(f"/conversations/{pk}?view=open")
    expect(page.locator(".composer .ed-text")).to_be_visible()
    page.keyboard.press("r")
    page.keyboard.type("That settles it")
    page.get_by_label("More ways to send").click()
    page.locator(".send-menu").get_by_text("Send and resolve").click()

    expect(page.locator(".conv-head")).to_contain_text("Resolved")


def test_a_snoozed_conversation_comes_back_live_when_its_moment_has_come(
    live: LiveComity, page: Page, shift_clock: Callable[..., None]
) -> None:
    pk, other = made(live, "Again later", "Meanwhile")
    page.goto(f"/conversations/{pk}?view=open")
    expect(page.locator(f"#row-{pk}")).to_be_visible()
    page.locator("cm-conversation h1").click()
    page.keyboard.press("h")
    page.locator("#act-menu").get_by_text("Choose a moment").click()
    moment = datetime.now(tz=UTC) + timedelta(minutes=70)
    page.get_by_label("Bring it back at").fill(moment.strftime("%Y-%m-%dT%H:%M"))
    page.get_by_role("dialog").get_by_role("button", name="Set aside").click()
    expect(page.locator("#toasts")).to_contain_text("Set aside")
    page.goto(f"/conversations/{other}?view=open")
    expect(page.locator("cm-conversation h1")).to_have_text("Meanwhile")
    expect(page.locator(f"#row-{pk}")).to_have_count(0)

    shift_clock(minutes=75)

    expect(page.locator(f"#row-{pk}")).to_be_visible()
    page.locator(f"#row-{pk} .open").click()
    expect(page.locator("cm-thread")).to_contain_text("Its time has come")
