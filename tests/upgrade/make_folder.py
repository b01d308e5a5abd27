"""Makes the small data folder of an earlier version that test_upgrade.py upgrades. See README.md beside this file."""

import json
import sys
import tarfile
import tempfile
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from tests.chaos.house import House, a_house
from tests.chaos.people import ADDRESS, deliver
from tests.chaos.sink import Sink
from tests.support.live import LiveComity

PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d494844520000000100000001080600000"
    "01f15c4890000000d49444154789c636060606000000005000157a5e2ac0000000049454e44ae426082"
)
MORE = """
from comity.accounts.models import Agent
from comity.conversations import actions
from comity.conversations.models import Conversation
from datetime import timedelta
from comity.core import clock
ada = Agent.objects.get(email="ada@shop.test")
first, second, third = Conversation.objects.order_by("pk")[:3]
actions.note(conversation=first, agent=ada, html="<p>Called: the boiler is from 2019</p>")
actions.set_tags(conversation=first, names=["boiler", "guarantee"], by=ada.actor)
actions.assign(conversation=second, agent=ada, team=None, by=ada.actor)
actions.resolve(conversation=second, by=ada.actor)
actions.snooze(conversation=third, until=clock.now() + timedelta(days=20000), by=ada.actor)
"""
COUNT = """
import json
from comity.contacts.models import Contact
from comity.conversations.models import Conversation, Message
from comity.events.models import Event
from comity.files.models import Reference
rows = Message.objects.exclude(direction="system").order_by("pk")
print(json.dumps({
    "conversations": list(Conversation.objects.order_by("pk").values_list("pk", "subject", "status", "message_count")),
    "messages": list(rows.values_list("pk", "direction", "state", "text", "external_id")),
    "contacts": list(Contact.objects.order_by("pk").values_list("pk", "name")),
    "files": list(Reference.objects.order_by("pk").values_list("name", "file__digest", "file__size")),
    "events": Event.objects.count(),
}, indent=1, ensure_ascii=False))
"""


def mail(number: int, sender: str, subject: str, text: str, *, to: str = ADDRESS, after: str = "") -> EmailMessage:
    """Return a customer's mail."""
    written = EmailMessage(policy=SMTP)
    written["Message-ID"], written["From"], written["To"] = f"<old{number}@customers.test>", sender, to
    written["Subject"] = subject
    if after:
        written["In-Reply-To"] = after
    written.set_content(text)
    return written


def fill(house: House, sink: Sink) -> None:
    """Let customers write and be answered, as on any day."""
    first = mail(1, "Anna Berg <anna@customers.test>", "Boiler is cold", "The boiler stays cold.\n\nAnna\n")
    first.add_attachment(PICTURE, maintype="image", subtype="png", filename="boiler.png")
    plan = mail(4, "Łukasz Żak <lukasz@customers.test>", "Plan pieca", "W załączniku plan.\n")
    plan.add_attachment(
        b"%PDF-1.4\n" + bytes(range(256)) * 700, maintype="application", subtype="pdf", filename="plan.pdf"
    )
    mails = [
        first,
        mail(2, "Ben <ben@customers.test>", "Grüße aus Köln", "Können Sie die Rechnung ändern?\n"),
        mail(3, "سارة <sara@customers.test>", "الفاتورة", "أين الفاتورة؟\n"),
        plan,
    ]
    for one in mails:
        assert deliver(house.live, one.as_bytes())
        house.settle()
    for conversation, text in ((1, "Please press the red button."), (2, "Done, the new invoice follows.")):
        house.agent.reply(conversation, text)
        house.settle()
    answered = sink.taken[0].message_id
    again = mail(5, "Anna Berg <anna@customers.test>", "Re: Boiler is cold", "It works, thank you!\n", after=answered)
    assert deliver(house.live, again.as_bytes())
    house.settle()
    house.live.python(MORE)
    house.settle()


def main() -> int:
    """Write folder.tar.xz and holds.json into the folder that is named."""
    to = Path(sys.argv[1]).resolve()
    live = LiveComity(Path(tempfile.mkdtemp()))
    sink = Sink()
    live.start()
    with a_house(live, sink) as house:
        fill(house, sink)
        house.stop()
    (to / "holds.json").write_text(json.dumps(json.loads(live.python(COUNT)), indent=1, ensure_ascii=False) + "\n")
    with tarfile.open(to / "folder.tar.xz", "w:xz", preset=9) as tar:
        for path in sorted(live.data.iterdir()):
            if path.name not in ("lock", "runner.lock"):
                tar.add(path, path.name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
