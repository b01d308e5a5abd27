"""What the program says of itself: a log without anybody's data, request ids, measurements, who acted from where."""

import json
import re
import urllib.error
import urllib.request
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from tests.chaos.people import ADDRESS, Agent, deliver
from tests.chaos.sink import Sink
from tests.support.live import LiveComity, StartLive
from tests.upgrade.test_upgrade import SINK

pytestmark = [pytest.mark.chaos]
CUSTOMER, NAME, SUBJECT, WORDS = "wilhelmina@zirkonia.test", "Wilhelmina Quagga", "Zwetschgenkuchen", "Nachtigall"
PERSONAL = [CUSTOMER, "wilhelmina", "quagga", SUBJECT, WORDS, "zirkonia", "Xylophon", "reply-token-of-hers"]
INBOX = """
from comity.conversations import actions
actions.create_inbox(name="Help", channel="email", address="help@shop.test", by=system("tests"))
"""
ID = """
from comity.conversations.models import Conversation
print(Conversation.objects.latest("pk").pk)
"""
TOKEN = """
from comity.accounts.actions import tokens
from comity.accounts.models import Role
from comity.core.actor import system
role = Role.objects.get(slug="administrator")
print(tokens.create(name="monitoring", role=role, only=["metrics.read"], by=system("tests"))[1])
"""
ORIGINS = """
from comity.events.models import Event, Origin
kept = Origin.objects.in_bulk()
for event in Event.objects.filter(actor_kind="agent").exclude(origin=None):
    print(event.type, kept[event.origin].address, kept[event.origin].program)
"""


def a_mail_of_hers() -> bytes:
    mail = EmailMessage(policy=SMTP)
    mail["Message-ID"], mail["To"], mail["Subject"] = "<q1@zirkonia.test>", ADDRESS, SUBJECT
    mail["From"] = f"{NAME} <{CUSTOMER}>"
    mail.set_content(f"Where is my {WORDS}?\n")
    mail.add_attachment(b"x" * 4000, maintype="application", subtype="pdf", filename="Xylophon.pdf")
    return mail.as_bytes()


def ask(live: LiveComity, path: str, **headers: str) -> tuple[str, dict[str, str]]:
    request = urllib.request.Request(live.url + path, headers=headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.read().decode(), dict(answer.headers)


def drive(live: LiveComity, sink: Sink) -> None:
    """Her mail comes in, is opened, searched for and answered; a link of hers is tried."""
    live.python(f"{SINK.format(port=sink.port)}\n{INBOX}")
    assert deliver(live, a_mail_of_hers(), sender=CUSTOMER)
    live.python("from tests.chaos import look; print(look.wait_until_quiet())")
    agent, number = Agent(live), int(live.python(ID))
    cookie = {"Cookie": agent._cookies}
    page, _headers = ask(live, f"/conversations/{number}", **cookie)
    assert WORDS in page
    ask(live, f"/contacts?q={NAME.split()[1]}", **cookie)
    agent.post(f"/conversations/{number}/send/reply", html=f"<p>{WORDS}</p>", to=CUSTOMER)
    with pytest.raises(urllib.error.HTTPError):
        ask(live, f"/join/reply-token-of-hers?address={CUSTOMER}")
    live.python("from tests.chaos import look; print(look.wait_until_quiet())")


def test_the_log_names_nobody_and_is_json(start_live: StartLive) -> None:
    sink = Sink()
    with sink.running():
        live = start_live(log="json", trusted_proxies="127.0.0.1")
        drive(live, sink)
        _text, headers = ask(live, "/health", **{"X-Request-ID": "proxy-4711"})
        live.stop()

    said = live.output()
    found = [word for word in PERSONAL if word.lower() in said.lower()]
    assert found == [], said
    lines = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    access = [line for line in lines if line["logger"] == "comity.access"]
    assert {"conversations/<int:conversation_id>", "contacts"} <= {line["route"] for line in access}
    assert all(line["request"] and line["ms"] >= 0 for line in access)
    assert headers["x-request-id"] == "proxy-4711"
    assert "proxy-4711" in {line["request"] for line in access}


def test_measurements_and_origins_of_the_running_program(start_live: StartLive) -> None:
    sink = Sink()
    with sink.running():
        live = start_live()
        token = live.python(TOKEN)
        ask(live, "/metrics", Authorization=f"Bearer {token}")
        drive(live, sink)
        text, headers = ask(live, "/metrics", Authorization=f"Bearer {token}", **{"X-Request-ID": "not-trusted"})
        live.stop()

    parsed = text_string_to_metric_families(text)  # type: ignore[no-untyped-call]
    families = {family.name: family.samples for family in parsed}
    sends = {sample.labels["outcome"]: sample.value for sample in families["comity_sends"]}
    routes = {sample.labels.get("route") for sample in families["comity_http_request_duration_seconds"]}
    assert sends["sent"] == 1
    assert {"conversations/<int:conversation_id>", "metrics"} <= routes
    assert headers["x-request-id"] != "not-trusted"
    kept = live.python(ORIGINS)
    assert re.search(r"^message\.scheduled 127\.0\.0\.1", kept, re.MULTILINE)
    assert re.search(r"^personal_data\.opened 127\.0\.0\.1 Python-urllib", kept, re.MULTILINE), kept
