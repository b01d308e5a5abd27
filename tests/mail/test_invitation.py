"""A colleague is invited by mail through a real mail server, opens the link, and is in."""

import re

import pytest
from playwright.sync_api import expect

from tests.support.browser import OpenPage
from tests.support.live import LiveComity, StartLive
from tests.support.mail_server import MailServer

pytestmark = [pytest.mark.mail, pytest.mark.browser]
LINK = re.compile(r"http\S+/join/\S+")


@pytest.fixture(scope="module")
def live(start_live: StartLive) -> LiveComity:
    """A running program that does not know the mail server's certificate yet."""
    return start_live()


def test_an_invitation_travels_by_mail_and_opens_the_door(mail_server: MailServer, open_page: OpenPage) -> None:
    sender, noor = mail_server.mailbox("desk@shop.test"), mail_server.mailbox("noor@shop.test")
    page = open_page()
    page.goto("/settings/system-mail")
    page.get_by_label("Server", exact=True).fill(mail_server.host)
    page.get_by_label("Port").fill(str(mail_server.submission_port))
    page.get_by_label("User name").fill(sender.address)
    page.get_by_label("Password", exact=True).fill(mail_server.password)
    page.get_by_label("Sender address").fill(sender.address)
    page.get_by_role("button", name="Test the connection").click()
    expect(page.locator("#finding")).to_contain_text("no authority that this computer knows vouches for it")
    page.get_by_label("File of your own certificate authority").fill(str(mail_server.ca_file))
    page.get_by_role("button", name="Test the connection").click()
    expect(page.locator("#finding")).to_contain_text("This works")
    page.get_by_role("button", name="Save").click()

    page.goto("/settings/people/invite")
    page.get_by_label("E-mail addresses").fill(noor.address)
    page.get_by_role("button", name="Invite").click()

    (mail,) = noor.wait_for(1)
    found = LINK.search(mail.get_content())
    assert found, mail.get_content()
    other = open_page(email="")
    other.goto(found.group())
    other.get_by_label("Your name").fill("Noor Haddad")
    other.get_by_label("Password").fill("seven-quiet-otters")
    other.get_by_role("button", name="Join").click()
    other.wait_for_url(lambda url: "/join/" not in url)
    other.goto("/inbox")
    expect(other.locator("body")).to_contain_text("Inbox")
    mine = other.context.cookies()
    assert any(cookie["name"] == "comity_session" for cookie in mine)
