"""System mail goes through a real mail server, and its test says in plain words what is wrong."""

import re
import socket
from collections.abc import Iterator
from email import message_from_bytes
from types import SimpleNamespace

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from django.test import Client
from django.urls import reverse

from comity.accounts.actions import mail, sign_in
from comity.accounts.actions.settings import save
from comity.accounts.client import MailProblem
from comity.accounts.models import SettingRow, SystemMail
from comity.accounts.options import ORGANISATION, SystemMailOptions, groups, load
from comity.accounts.tests.make import SOMEBODY, an_agent, an_organisation
from comity.events.testing import forget, recorded, settle

pytestmark = pytest.mark.django_db


class Box:
    def __init__(self) -> None:
        self.mails: list[bytes] = []

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:  # noqa: N802
        self.mails.append(envelope.content)
        return "250 OK"


def authenticate(server: object, session: object, envelope: object, mechanism: str, data: object) -> AuthResult:
    return AuthResult(success=(data.login, data.password) == (b"comity", b"seventeen-otters"), handled=False)


@pytest.fixture
def server() -> Iterator[SimpleNamespace]:
    box = Box()
    controller = Controller(
        box, hostname="127.0.0.1", port=free_port(), authenticator=authenticate, auth_require_tls=False
    )
    controller.start()
    yield SimpleNamespace(port=controller.port, mails=box.mails)
    controller.stop()


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return door.getsockname()[1]


def values(port: int, **other: object) -> dict[str, object]:
    return {
        "host": "127.0.0.1",
        "port": port,
        "security": "none",
        "username": "",
        "password": "",
        "sender": "help@larkmoor.example",
    } | other


def set_server(port: int, **other: object) -> None:
    save(group=groups["system_mail"], level=ORGANISATION, values=values(port, **other), by=SOMEBODY)
    forget()


def test_a_written_mail_is_delivered_once_and_its_text_forgotten(server: SimpleNamespace) -> None:
    set_server(server.port, username="comity", password="seventeen-otters")
    written = mail.write(to="maya@example.org", subject="Grüße", text="Der Link: x", by=SOMEBODY)
    assert "Der Link" not in SystemMail.objects.extra(select={"raw": "text"}).get().raw

    settle()
    written.refresh_from_db()
    mail.deliver(mail=written, by=SOMEBODY)

    assert len(server.mails) == 1
    message = message_from_bytes(server.mails[0])
    assert message["Auto-Submitted"] == "auto-generated"
    assert "Der Link: x" in message.get_payload(decode=True).decode()
    assert written.text == ""
    assert recorded() == ["system_mail.written", "system_mail.sent"]


def test_a_server_that_is_away_leaves_the_mail_to_be_tried_again() -> None:
    set_server(free_port())
    written = mail.write(to="maya@example.org", subject="Hello", text="x", by=SOMEBODY)

    with pytest.raises(MailProblem, match="nothing answers on port"):
        mail.deliver(mail=written, by=SOMEBODY)

    written.refresh_from_db()
    assert written.sent_at is None
    assert written.text == "x"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, "This works"),
        ({"username": "comity", "password": "seventeen-otters"}, "This works"),
        ({"username": "comity", "password": "wrong"}, "refused the user name or the password"),
        ({"security": "starttls"}, "does not offer this"),
        ({"security": "tls"}, "does not speak TLS"),
        ({"host": "no-such-host.invalid"}, "There is no server named no-such-host.invalid"),
        ({"sender": "nobody"}, "Enter the address"),
        ({"host": ""}, "No outgoing mail server is set"),
        ({"ca_file": "/no/such/file.pem"}, "The certificate file /no/such/file.pem can’t be read"),
        ({"ca_file": __file__}, "can’t be read"),
    ],
)
def test_the_connection_test_says_what_is_wrong_and_keeps_nothing(
    client: Client, server: SimpleNamespace, change: dict[str, object], words: str
) -> None:
    client.force_login(an_agent(role="administrator"))

    form = values(server.port, **change) | {"version": 0}
    for headers in ({"HX-Request": "true"}, {}):
        answer = client.post(reverse("test_system_mail"), form, headers=headers)
        assert words in answer.content.decode()
    assert not SettingRow.objects.exists()


def test_the_test_uses_the_stored_password_when_none_is_typed(client: Client, server: SimpleNamespace) -> None:
    set_server(server.port, username="comity", password="seventeen-otters")
    client.force_login(an_agent(role="administrator"))

    form = values(server.port, username="comity") | {"version": 1}
    answer = client.post(reverse("test_system_mail"), form, headers={"HX-Request": "true"})

    assert "This works" in answer.content.decode()


def test_saving_the_page_keeps_the_password_and_never_shows_it(client: Client) -> None:
    set_server(25, username="comity", password="seventeen-otters")
    client.force_login(an_agent(role="administrator"))
    page = client.get(reverse("settings_system_mail")).content.decode()
    assert "seventeen" not in page

    client.post(reverse("settings_system_mail"), values(587) | {"version": 1})
    kept = load(SystemMailOptions)
    assert (kept.port, kept.password) == (587, "seventeen-otters")
    assert "seventeen" not in str(SettingRow.objects.get().secrets)

    client.post(reverse("settings_system_mail"), values(587) | {"version": 2, "password-forget": "on"})
    assert load(SystemMailOptions).password == ""


def test_a_link_is_sent_to_a_known_address_and_the_answer_is_the_same_for_others(
    client: Client, server: SimpleNamespace
) -> None:
    an_organisation()
    set_server(server.port)
    agent = an_agent()

    answers = {
        email: client.post(reverse("ask_for_link"), {"email": email}).content
        for email in (agent.email, "nobody@example.org")
    }
    settle()

    texts = [message_from_bytes(raw).get_payload(decode=True).decode() for raw in server.mails]
    assert len(texts) == 1
    assert "/account/link/" in texts[0]
    known, unknown = (re.sub(rb"[A-Za-z0-9]{64}", b"", answer) for answer in answers.values())
    assert known == unknown


def test_asking_for_links_again_and_again_sends_only_a_few(server: SimpleNamespace) -> None:
    set_server(server.port)
    agent = an_agent()

    for _ in range(6):
        sign_in.ask_for_link(email=agent.email)

    assert SystemMail.objects.count() == 3


def test_a_password_is_reset_by_mail(client: Client, server: SimpleNamespace) -> None:
    set_server(server.port)
    agent = an_agent(password="a long enough secret")

    client.post(reverse("account_reset_password"), {"email": agent.email})
    settle()
    text = message_from_bytes(server.mails[0]).get_payload(decode=True).decode()
    link = next(word for word in text.split() if "/account/password/reset/" in word)
    page = client.get("/" + link.split("/", 3)[3], follow=True)
    new = {"password1": "quite another secret", "password2": "quite another secret"}
    client.post(page.redirect_chain[-1][0], new)

    agent.refresh_from_db()
    assert agent.check_password("quite another secret")
    assert "agent.password_changed" in recorded()


def test_without_a_mail_server_the_page_says_so_politely(client: Client) -> None:
    for name in ("ask_for_link", "account_reset_password"):
        assert "No mail can be sent from here yet" in client.get(reverse(name)).content.decode()
