"""What needs a real browser: passkeys, fields that depend on others, the test of the mail server."""

import pytest
from playwright.sync_api import Page, expect

from comity.accounts.tests.make import PASSWORD
from tests.support.browser import OpenPage
from tests.support.live import LiveComity

pytestmark = pytest.mark.browser
MAYA = """
from comity.accounts.actions import people
from comity.accounts.models import Role
from comity.core.actor import system
role = Role.objects.get(slug="agent")
people.add(email="{email}", name="Maya Berg", role=role, password="{password}", by=system("tests"))
"""
KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def with_key(page: Page) -> Page:
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    return page


def named(live: LiveComity) -> str:
    """Browsers know passkeys on this computer only under its name, not under its number."""
    return live.url.replace("127.0.0.1", "localhost")


def sign_in(page: Page, home: str, email: str) -> None:
    page.goto(f"{home}/account/sign-in")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in").click()


def sign_out(page: Page, home: str) -> None:
    page.goto(f"{home}/account/sign-out")
    page.locator("main").get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/account/sign-in")


def test_a_passkey_opens_the_door_alone_and_is_the_second_factor_of_the_password(
    live: LiveComity, open_page: OpenPage
) -> None:
    email = "maya@larkmoor.example"
    live.sign_in()  # which makes the organisation
    live.python(MAYA.format(email=email, password=PASSWORD))
    home, page = named(live), with_key(open_page(email=""))
    sign_in(page, home, email)
    page.wait_for_url(lambda url: "/account/" not in url)

    page.goto(f"{home}/account/two-factor/webauthn/add/")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("A passkey: sign in with it alone").check()
    page.get_by_role("button", name="Add the key").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()

    sign_out(page, home)
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(lambda url: "/account/" not in url)

    sign_out(page, home)
    sign_in(page, home, email)
    page.wait_for_url("**/two-factor/authenticate/")
    page.get_by_role("button", name="Use your key").click()
    page.wait_for_url(lambda url: "/account/" not in url)


def test_a_browser_without_a_key_says_so_politely(live: LiveComity, open_page: OpenPage) -> None:
    page = with_key(open_page(email=""))
    page.goto(f"{named(live)}/account/sign-in")

    page.get_by_role("button", name="Use a passkey").click()

    expect(page.get_by_role("alert")).to_contain_text("That did not work")


def test_under_a_number_passkeys_are_not_offered(live: LiveComity, open_page: OpenPage) -> None:
    page = open_page(email="")
    page.goto("/account/sign-in")

    expect(page.get_by_role("button", name="Use a passkey")).to_be_hidden()


def test_the_page_of_the_mail_server_shows_what_matters_and_tests_in_place(agent_page: Page) -> None:
    page = agent_page
    page.goto("/settings/system-mail")
    expect(page.get_by_label("Password")).to_be_hidden()
    page.get_by_label("User name").fill("comity")
    expect(page.get_by_label("Password")).to_be_visible()

    page.get_by_label("Server").fill("127.0.0.1")
    page.get_by_label("Port").fill("1")
    page.get_by_label("Sender address").fill("help@larkmoor.example")
    page.get_by_role("button", name="Test the connection").click()

    expect(page.locator("#finding")).to_contain_text("nothing answers on port 1")
    expect(page.get_by_label("User name")).to_have_value("comity")


def test_an_invitation_is_made_copied_and_accepted_in_another_browser(agent_page: Page, open_page: OpenPage) -> None:
    page = agent_page
    page.goto("/settings/people/invite")
    page.get_by_label("E-mail addresses").fill("noor@larkmoor.example")
    page.get_by_role("button", name="Invite").click()
    link = page.get_by_label("Link to pass on yourself").input_value()

    other = open_page(email="")
    other.goto(link)
    other.get_by_label("Your name").fill("Noor Haddad")
    other.get_by_label("Password").fill(PASSWORD)
    other.get_by_role("button", name="Join").click()
    other.wait_for_url(lambda url: "/join/" not in url)

    page.goto("/settings/people")
    row = page.get_by_role("row").filter(has_text="Noor Haddad")
    expect(row).to_contain_text("Online")


def test_ending_another_session_signs_that_browser_out(live: LiveComity, open_page: OpenPage) -> None:
    email = "lena@larkmoor.example"
    live.sign_in()
    live.python(MAYA.format(email=email, password=PASSWORD).replace("Maya Berg", "Lena Berg"))
    lost, mine = open_page(email=""), open_page(email="")
    for page in (lost, mine):
        sign_in(page, live.url, email)
        page.wait_for_url(lambda url: "/account/" not in url)
    lost.goto("/settings/me")

    mine.goto("/account/sessions")
    expect(mine.get_by_text("This browser")).to_have_count(1)
    mine.get_by_role("button", name="Sign out", exact=True).click()
    expect(mine.get_by_role("button", name="Sign out", exact=True)).to_have_count(0)

    expect(lost.locator(".offline-bar")).to_contain_text("You are signed out")  # at once, and nothing typed is lost
    lost.locator(".offline-bar").get_by_role("link", name="Sign in").click()
    lost.wait_for_url("**/account/sign-in**")
    mine.goto("/settings/me")
    assert "/account/sign-in" not in mine.url
