"""The first real thread: in through Dovecot, a person's answer out through Postfix, and back again, in Chromium."""

import re
from collections.abc import Callable
from email.message import EmailMessage
from itertools import count

import pytest
from playwright.sync_api import Page, expect

from tests.mail.conftest import AddInbox
from tests.support.browser import OpenPage
from tests.support.live import LiveComity
from tests.support.mail_server import MailServer
from tests.support.pace import slowness

pytestmark = [pytest.mark.mail, pytest.mark.browser]
_numbers = count(1)
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360f8cfc0000000030001b9a1c4e60000000049454e44ae426082"
)


def a_letter(sender: str, to: str, *, copy: str = "", subject: str = "The steam fades") -> EmailMessage:
    """A mail as programs write them: text and HTML, a picture in it, a file beside it."""
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = f"Anna Berg <{sender}>", to, subject
    letter["Message-ID"] = f"<{next(_numbers)}.letter@customers.test>"
    if copy:
        letter["Cc"] = copy
    letter.set_content("Good morning, the steam fades after five seconds.")
    letter.add_alternative(
        '<p>Good morning, the steam <b>fades</b>.</p><img src="cid:plate" alt="plate">', subtype="html"
    )
    letter.get_payload()[1].add_related(PIXEL, "image", "png", cid="<plate>")  # type: ignore[union-attr, index]
    letter.add_attachment(b"H2-0519-2287", maintype="text", subtype="plain", filename="serial.txt")
    return letter


def from_the_workshop(asked: EmailMessage, sender: str, *, copy: str) -> EmailMessage:
    """The answer of a third party, who copies the customer in."""
    back = EmailMessage()
    back["From"], back["To"], back["Cc"] = sender, str(asked["Reply-To"] or asked["From"]), copy
    back["Subject"], back["Message-ID"] = "Re: Fwd: The seal leaks", f"<{next(_numbers)}.ian@customers.test>"
    back["In-Reply-To"] = str(asked["Message-ID"])
    back.set_content("It is the seal, and she will not like the price.")
    return back


def write_reply(page: Page, text: str) -> None:
    """Type into the composer as a person does."""
    editor = page.locator(".composer .ed-text")
    editor.click()
    page.keyboard.type(text)


def test_a_thread_goes_back_and_forth(
    live: LiveComity, mail_server: MailServer, add_inbox: AddInbox, open_page: OpenPage
) -> None:
    shop = add_inbox()
    anna, ben = mail_server.mailbox(f"anna{next(_numbers)}@customers.test"), mail_server.mailbox("ben@customers.test")
    page = open_page()
    page.goto("/inbox")

    first = a_letter(anna.address, shop.address, copy=ben.address)
    anna.send(first)
    row = page.locator(".conv-row", has_text="The steam fades").first
    expect(row).to_be_visible()  # live: nobody reloaded the page
    row.click()
    frame = page.frame_locator("iframe").first
    expect(frame.locator("b", has_text="fades")).to_be_visible()
    expect(frame.locator("img").first).to_have_js_property("naturalWidth", 1)
    expect(page.get_by_text("serial.txt")).to_be_visible()

    page.locator(".composer input[type=file]").set_input_files(
        {"name": "guide.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 descale"}
    )
    expect(page.locator(".composer .att", has_text="guide.pdf")).to_be_visible()
    write_reply(page, "Please try the two-minute check.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("cm-undo")).to_be_visible()

    answer = anna.wait_for()[0]
    assert answer["In-Reply-To"] == first["Message-ID"]
    assert str(first["Message-ID"]) in answer["References"]
    assert answer["Subject"] == "Re: The steam fades"
    assert answer["To"].addresses[0].addr_spec == anna.address
    assert answer["Cc"].addresses[0].addr_spec == ben.address
    assert ben.wait_for()[-1]["Message-ID"] == answer["Message-ID"]
    assert re.match(r"^<c\.\d+\.\d+\.[a-z2-7]{20}@shop\.test>$", str(answer["Message-ID"]))
    assert [part.get_filename() for part in answer.iter_attachments()] == ["guide.pdf"]
    body = answer.get_body(("plain",))
    assert body is not None
    assert "two-minute check" in body.get_content()
    expect(page.locator(".thread [data-state=sent]")).to_be_visible()

    back = EmailMessage()
    back["From"], back["Subject"] = anna.address, "Re: The steam fades"
    back["To"] = str(answer["Reply-To"] or answer["From"])
    back["Message-ID"], back["In-Reply-To"] = f"<{next(_numbers)}.back@customers.test>", str(answer["Message-ID"])
    back.set_content("That helped, thank you.\n\nOn Monday Support wrote:\n> Please try the two-minute check.\n")
    anna.send(back)
    expect(page.get_by_text("That helped, thank you.").first).to_be_visible()
    expect(page.locator(".conv-row", has_text="The steam fades")).to_have_count(1)


def test_a_third_party_is_asked_aside_and_the_customer_learns_nothing(
    live: LiveComity, mail_server: MailServer, add_inbox: AddInbox, open_page: OpenPage
) -> None:
    shop = add_inbox()
    anna = mail_server.mailbox(f"anna{next(_numbers)}@customers.test")
    ian = mail_server.mailbox(f"ian{next(_numbers)}@customers.test")
    first = a_letter(anna.address, shop.address, subject="The seal leaks")
    anna.send(first)
    page = open_page()
    page.goto("/inbox")
    page.locator(".conv-row", has_text="The seal leaks").first.click()
    expect(page.locator(".composer .ed-text")).to_be_visible()
    page.wait_for_url("**/conversations/*")

    page.keyboard.press("f")
    expect(page.locator(".composer.as-forward")).to_be_visible()
    expect(page.locator(".composer .att", has_text="serial.txt")).to_be_visible()
    expect(page.locator(".composer .ed-text img[src]")).to_have_count(1)
    page.locator(".composer [id$=-to]").fill(ian.address)
    page.locator(".composer [id$=-to]").press("Enter")
    write_reply(page, "Is this the seal? ")
    page.keyboard.press("Control+Enter")

    asked = ian.wait_for()[0]
    assert asked["Subject"] == "Fwd: The seal leaks"
    assert (asked["In-Reply-To"], asked["References"]) == (None, None)
    assert [part.get_filename() for part in asked.iter_attachments()] == ["serial.txt"]
    assert [part.get_content_type() for part in asked.walk()].count("image/png") == 1
    body = asked.get_body(("plain",))
    assert body is not None
    assert "Is this the seal?" in body.get_content()
    assert anna.address in body.get_content()

    ian.send(from_the_workshop(asked, ian.address, copy=anna.address))
    answer = page.locator(".letter.aside[data-direction=inbound]")
    expect(answer).to_contain_text("Third party")
    expect(page.locator(".conv-row", has_text="The seal leaks")).to_have_count(1)
    got = len(anna.messages())  # what Ian himself copied her in to

    page.reload()  # what is sent without having seen the answer is asked about first
    expect(page.locator(".composer:not(.as-forward) .ed-text")).to_be_visible()
    expect(page.locator(".composer .chip")).to_have_count(1)
    write_reply(page, "It is the seal.")
    page.keyboard.press("Control+Enter")
    reply = anna.wait_for(got + 1)[-1]
    assert ian.address not in str(reply)
    assert str(asked["Message-ID"]) not in str(reply)
    assert reply["In-Reply-To"] == first["Message-ID"]


def test_undo_brings_the_text_back_and_nothing_leaves(
    live: LiveComity,
    mail_server: MailServer,
    add_inbox: AddInbox,
    open_page: OpenPage,
    shift_clock: Callable[..., None],
) -> None:
    shop = add_inbox(undo=60)
    anna = mail_server.mailbox(f"anna{next(_numbers)}@customers.test")
    anna.write(to=shop.address, subject="Undo me", text="Hello")
    page = open_page()
    page.goto("/inbox")
    page.locator(".conv-row", has_text="Undo me").first.click()

    write_reply(page, "Half a thought")
    page.keyboard.press("Control+Enter")
    page.locator("cm-undo button").click()
    expect(page.locator(".composer .ed-text")).to_contain_text("Half a thought")
    expect(page.locator(".thread")).not_to_contain_text("Half a thought")
    shift_clock(seconds=70)
    page.wait_for_timeout(3_000)
    assert anna.messages() == []


def test_an_unknown_address_is_seen_as_a_bounce(
    live: LiveComity, mail_server: MailServer, add_inbox: AddInbox, open_page: OpenPage
) -> None:
    shop = add_inbox()
    page = open_page()
    page.goto("/conversations/new")
    page.select_option("select[name=inbox]", label=f"Support · {shop.address}")
    page.locator(".composer [id$=-to]").fill("nobody@bounces.test")
    page.locator(".composer [id$=-to]").press("Enter")
    page.locator("input[name=subject]").fill("Are you there?")
    write_reply(page, "Hello?")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/conversations/\d+"))
    expect(page.locator(".thread [data-state=failed]")).to_contain_text("Not delivered", timeout=90_000)


def test_a_draft_survives_the_browsers_death(
    live: LiveComity, mail_server: MailServer, add_inbox: AddInbox, open_page: OpenPage
) -> None:
    shop = add_inbox()
    anna = mail_server.mailbox(f"anna{next(_numbers)}@customers.test")
    anna.write(to=shop.address, subject="Keep my words", text="Hello")
    page = open_page()
    page.goto("/inbox")
    page.locator(".conv-row", has_text="Keep my words").first.click()
    write_reply(page, "This took me a while")
    page.wait_for_timeout(1_900 * slowness())
    page.wait_for_url("**/conversations/*")
    address = page.url
    page.context.close()

    elsewhere = open_page()
    elsewhere.goto(address)
    expect(elsewhere.locator(".composer .ed-text")).to_contain_text("This took me a while")


def test_two_agents_see_each_other(
    live: LiveComity, mail_server: MailServer, add_inbox: AddInbox, open_page: OpenPage
) -> None:
    shop = add_inbox()
    live.python(
        "from comity.accounts.tests.make import an_agent\n"
        "from comity.accounts.models import Agent\n"
        "Agent.objects.filter(email='maya@shop.test').exists() or an_agent(name='Maya Lind', email='maya@shop.test')"
    )
    anna = mail_server.mailbox(f"anna{next(_numbers)}@customers.test")
    anna.write(to=shop.address, subject="Who answers?", text="Hello")
    ada, maya = open_page(), open_page("maya@shop.test")
    ada.goto("/inbox")
    ada.locator(".conv-row", has_text="Who answers?").first.click()
    ada.wait_for_url("**/conversations/*")
    maya.goto(ada.url)
    expect(ada.get_by_text("Maya Lind").first).to_be_visible()

    write_reply(maya, "I am writing")
    expect(ada.get_by_text(re.compile("is replying")).first).to_be_visible()
    maya.keyboard.press("Control+Enter")
    write_reply(ada, "Me too")
    expect(ada.locator(".thread")).to_contain_text("I am writing")
    ada.keyboard.press("Control+Enter")
    expect(ada.get_by_text("Something new has arrived")).to_be_visible()
