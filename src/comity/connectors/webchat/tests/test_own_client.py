"""The examples of docs/chat-api.md: a page in a browser and a program in Python, that chat without the widget."""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import jwt
import pytest
from playwright.sync_api import Browser, Page, expect

from comity.connectors.webchat.tests.make import SECRET
from comity.connectors.webchat.tests.site import Site, answer
from tests.support.live import LiveComity

EXAMPLES = Path(__file__).parents[5] / "docs" / "examples"
STATES = """
from comity.conversations.models import Message
said = Message.objects.filter(conversation={pk}).exclude(direction="system").order_by("pk")
print(*said.values_list("state", flat=True))
"""
SEEN = """
from comity.accounts.models import Agent
from comity.conversations import actions
from comity.conversations.models import Conversation
conversation = Conversation.objects.get(pk={pk})
actions.mark_read(conversation=conversation, agent=Agent.objects.get(name="Aoife Brien"))
"""


def signed(customer: str) -> str:
    """Return what the site's server says of who is signed in."""
    return jwt.encode({"sub": customer, "name": "Anna Berg", "exp": time.time() + 300}, SECRET, "HS256")


@pytest.fixture
def page(browser: Browser, site: Site) -> Page:
    """The example page, on the site."""
    text = (EXAMPLES / "own-chat.html").read_text()
    text = text.replace("https://help.example.org", site.chat).replace('"KEY"', f'"{site.key}"')
    site.pages |= {"/own": text, "/who-am-i.json": json.dumps(signed("customer 4711"))}
    page = browser.new_context().new_page()
    page.set_default_timeout(30_000)
    page.goto(f"{site.url}/own")
    return page


def ask(page: Page, site: Site, path: str) -> dict[str, object]:
    """Ask the client API with the page's token."""
    script = (
        "async (url) => (await fetch(url, {headers: {Authorization: `Bearer ${localStorage['chat-token']}`}})).json()"
    )
    found: dict[str, object] = page.evaluate(script, f"{site.chat}/chat/v1/{path}")
    return found


@pytest.mark.browser
def test_the_page_writes_hears_and_marks_what_was_read(
    page: Page, site: Site, live: LiveComity, tmp_path: Path
) -> None:
    lines, said = page.locator("#messages li"), page.locator("#said")
    assert page.evaluate("localStorage.length") == 0  # nothing before somebody writes
    (tmp_path / "order.csv").write_text("1042;14.90")

    page.locator("#text").fill("Where is <b>order</b> 1042?")
    page.locator("#file").set_input_files(tmp_path / "order.csv")
    page.get_by_role("button", name="Send").click()
    expect(said).to_have_text("Sent.", timeout=30_000)
    expect(lines).to_have_count(1, timeout=30_000)
    expect(lines.first).to_contain_text("Where is <b>order</b> 1042?")
    expect(lines.first.get_by_role("link", name="order.csv")).to_have_attribute("href", re.compile(f"^{site.chat}"))

    (number,) = [one["id"] for one in ask(page, site, "home")["conversations"]]  # type: ignore[attr-defined]
    answer(live, number, "It left this morning.")
    expect(lines.last).to_contain_text("It left this morning.", timeout=30_000)
    page.wait_for_function(
        """async ([url]) => {
          const headers = { Authorization: `Bearer ${localStorage["chat-token"]}` };
          const { items } = await (await fetch(url, { headers })).json();
          return items.at(-1).state === "read";
        }""",
        arg=[f"{site.chat}/chat/v1/conversations/{number}/messages"],
        timeout=30_000,
    )
    live.python(SEEN.format(pk=number))
    page.reload()
    expect(lines).to_have_count(2, timeout=30_000)
    expect(lines.first).to_contain_text("You · read", timeout=30_000)
    page.context.close()


@pytest.mark.browser
def test_the_page_goes_back_in_history_and_proves_who_it_is(page: Page, site: Site, live: LiveComity) -> None:
    lines, said = page.locator("#messages li"), page.locator("#said")
    page.locator("#text").fill("Hello")
    page.get_by_role("button", name="Send").click()
    expect(lines).to_have_count(1, timeout=30_000)
    (number,) = [one["id"] for one in ask(page, site, "home")["conversations"]]  # type: ignore[attr-defined]
    answer(live, number, *[f"Part {part}" for part in range(1, 25)])
    expect(lines).to_have_count(25, timeout=60_000)
    page.reload()
    expect(lines).to_have_count(20, timeout=30_000)
    page.locator("#earlier").click()
    expect(lines).to_have_count(25, timeout=30_000)
    expect(page.locator("#earlier")).to_be_hidden()

    page.locator("#sign-in").click()
    expect(said).to_have_text("Signed in as Anna Berg.", timeout=30_000)
    assert ask(page, site, "home")["visitor"] == {"name": "Anna Berg", "email": "", "is_proven": True}
    site.pages["/who-am-i.json"] = json.dumps(signed("customer 4712"))
    page.locator("#sign-in").click()
    expect(lines).to_have_count(0, timeout=30_000)
    expect(said).to_have_text("Signed in as Anna Berg.", timeout=30_000)
    assert ask(page, site, "home")["conversations"] == []
    page.locator("#sign-out").click()
    page.wait_for_function("() => localStorage.length === 0")
    page.context.close()


def test_the_program_writes_waits_reads_and_prints(site: Site, live: LiveComity, tmp_path: Path) -> None:
    (tmp_path / "order.csv").write_text("1042;14.90")
    command = [
        sys.executable,
        str(EXAMPLES / "chat_client.py"),
        site.chat,
        site.key,
        "Where is order 1042?",
        "order.csv",
    ]
    environment = {**os.environ, "CHAT_JWT": signed("customer 4713")}
    with subprocess.Popen(command, env=environment, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "proven as Anna Berg\n"
        number = int(program.stdout.readline().removeprefix("in conversation "))
        answer(live, number, "It left this morning.")
        told = program.stdout.read()
    assert program.returncode == 0
    assert told == "you: Where is order 1042? order.csv (delivered)\nAoife Brien: It left this morning. (read)\n"
    assert live.python(STATES.format(pk=number)).split() == ["received", "read"]
