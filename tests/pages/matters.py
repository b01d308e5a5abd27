"""What the filled house talks about: one long conversation with everything in it, and one of each kind beside it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

from comity.accounts.models import Agent, Team
from comity.channels.references import message_id
from comity.conversations import actions
from comity.conversations.models import Conversation, Inbox, Message
from comity.conversations.recipients import To
from comity.core import clock
from comity.core.actor import system
from comity.files import actions as files
from tests.pages.letters import FOREIGN, arrives, deliver, order
from tests.pages.pictures import picture

Ago = Callable[..., AbstractContextManager[None]]
LONG_TAGS = [
    "Ersatzteilbeschaffung",
    "Gewährleistungsverlängerung",
    "Lieferverzug im Nachnahmeverkehr",
    "Teillieferung",
]
ELODIE = ("Élodie Marchetti-Vance", "elodie@atelier-marchetti.example")
STEAM = """Good morning,

Since I ran the descale programme on Sunday, the steam wand on my Heron 2 is strong for about five seconds and then
fades to almost nothing. Espresso is perfect, so I don’t think it is the pump.

It is six months old. I would rather not send it away before the weekend, we have a christening here.

Élodie"""
ANSWER = """<p>Hello Élodie,</p><p>you shouldn’t have to repeat yourself: I own this now and have the whole story in
front of me. Could you try the <b>two-minute check</b> of the steam valve?</p><ol><li>Open the tap fully.</li>
<li>Let it run for ninety seconds.</li><li>Close it and wait for the click.</li></ol><p>Tomasz</p>"""
BOUGHT = """Merci Tomasz, ça fait plaisir. Et pour les 38 £ prélevés deux fois ?

On Monday Tomasz wrote:
> Could you try the two-minute check of the steam valve?"""


def fill(ids: dict[str, object], inbox: Inbox, tom: Agent, maya: Agent, ago: Ago) -> None:
    """Write all of it, oldest first."""
    billing = Team.objects.get(name__startswith="Billing")
    with ago(days=3):
        _settled(ids, inbox, maya)
    with ago(days=1, hours=2):
        _steam(ids, inbox, tom, maya)
    with ago(hours=20):
        for name, address, subject, text in FOREIGN:
            arrives(inbox, name, address, subject, text)
    with ago(hours=6):
        _order(ids, inbox, tom)
        _waiting(ids, inbox, tom, maya)
    with ago(hours=2):
        _troubles(ids, inbox, tom, maya, billing)
        _moves(ids, inbox, tom)
    with ago(minutes=30):
        _steam_goes_on(ids, inbox, tom, maya)
    _many(inbox, tom)


def sent(message: Message) -> Message:
    """Let a reply leave, as the outbox does with a server that takes it."""
    owner, by = "house", system("delivery")
    actions.queue(message=message, by=by)
    outbox = actions.claim(message_id=message.pk, owner=owner)
    assert outbox
    number = message_id(message.conversation_id, message.pk, "larkmoor.example")
    actions.hand_over(outbox=outbox, owner=owner, external_id=number)
    return actions.mark_sent(outbox=outbox, owner=owner, by=by)


def _reply(conversation: Conversation, agent: Agent, html: str, **more: object) -> Message:
    first = conversation.participants.order_by("joined_at", "pk").select_related("identity").first()
    assert first
    to = [To("to", first.identity.shown, first.name)]
    return actions.reply(conversation=conversation, agent=agent, html=html, recipients=to, **more)  # type: ignore[arg-type]


def _steam(ids: dict[str, object], inbox: Inbox, tom: Agent, maya: Agent) -> None:
    steam = arrives(inbox, *ELODIE, "Heron 2 loses steam pressure", STEAM).conversation
    actions.assign(conversation=steam, agent=tom, team=inbox.team, by=maya.actor)
    actions.set_priority(conversation=steam, priority="high", by=tom.actor)
    actions.set_tags(conversation=steam, names=["Steam", "Warranty"], by=tom.actor)
    answer = sent(_reply(steam, tom, ANSWER))
    actions.report_recipient(message=answer, address="", state="delivered", reason="", permanent=True, by=tom.actor)
    ids |= {"steam": steam.pk, "answer": answer.pk}


def _steam_goes_on(ids: dict[str, object], inbox: Inbox, tom: Agent, maya: Agent) -> None:
    steam = Conversation.objects.get(pk=ids["steam"])
    asked = Message.objects.get(pk=ids["answer"]).external_id
    arrives(inbox, *ELODIE, "Re: Heron 2 loses steam pressure", BOUGHT, in_reply_to=asked)
    mention = f'<span data-type="mention" data-id="{tom.pk}" data-label="Tomasz Kowalczyk">@Tomasz Kowalczyk</span>'
    words = (
        "two captures of £38.00 on 17 and 18 Nov, part LM-P-118. Both are above my limit together. OK to refund £76.00?"
    )
    actions.note(conversation=steam, agent=maya, html=f"<p>{mention} {words}</p>")
    arrives(inbox, "Nicolas Vance", "nicolas@vance.example", "Re: Heron 2 loses steam pressure",
            "I am her husband. The click never comes.", in_reply_to=asked)  # fmt: skip
    draft = actions.begin_draft(author=tom, conversation=steam)
    actions.save_draft(draft=draft, version=draft.version, html="<p>Bonjour Élodie,</p><p>the second payment is</p>")


def _order(ids: dict[str, object], inbox: Inbox, tom: Agent) -> None:
    quote = deliver(inbox, order(inbox)).conversation
    actions.assign(conversation=quote, agent=tom, team=inbox.team, by=tom.actor)
    draft = actions.begin_draft(author=tom, conversation=quote)
    file = files.upload(content=picture(200, 120, (90, 120, 60)), name="price-list-2026.png", by=tom.actor)
    actions.attach_to_draft(draft=draft, references=[file.pk], author=tom)
    draft.refresh_from_db()
    message = _reply(quote, tom, "<p>The offer is attached, valid until 15 December.</p>", draft=draft)
    sent(message)
    ids["quote"] = quote.pk


def _settled(ids: dict[str, object], inbox: Inbox, maya: Agent) -> None:
    done = arrives(inbox, "Greta Sørensen", "greta@sorensen.example", "Is the courier still coming today?",
                   "Between which hours? I must leave at four.").conversation  # fmt: skip
    sent(_reply(done, maya, "<p>Yes, between 15:10 and 16:10.</p>"))
    actions.resolve(conversation=done, by=maya.actor)
    with_spam = arrives(inbox, "Crypto Winner", "win@prize.example", "You have won", "Click here at once.").conversation
    actions.mark_spam(conversation=with_spam, by=maya.actor)
    gone = arrives(inbox, "Somebody Else", "somebody@else.example", "Wrong address", "Sorry, wrong shop.").conversation
    actions.delete(conversation=gone, by=maya.actor)
    ids |= {"resolved": done.pk, "spam": with_spam.pk, "deleted": gone.pk}


def _waiting(ids: dict[str, object], inbox: Inbox, tom: Agent, maya: Agent) -> None:
    snoozed = arrives(inbox, "Ottoline Pemberton", "ottoline@pemberton.example", "Delivery before the 20th",
                      "Could it come before the 20th of next month?").conversation  # fmt: skip
    actions.snooze(conversation=snoozed, until=clock.now() + timedelta(days=4), by=tom.actor)
    later = arrives(inbox, "Ines Duarte", "ines@duarte.example", "Grinder for Turkish coffee",
                    "Is the Tern fine enough for it?").conversation  # fmt: skip
    _reply(later, tom, "<p>It will be, from the next version on.</p>", send_at=clock.now() + timedelta(days=2))
    rosalind = "Rosalind Featherstonehaugh-Blythe", "rosalind@blythe.example"
    missing = "Order LM-40911: the Tern grinder is missing"
    others = arrives(inbox, *rosalind, missing, "The box came with the cups only.").conversation
    actions.assign(conversation=others, agent=maya, team=inbox.team, by=tom.actor)
    actions.set_status(conversation=others, status="waiting_other", by=maya.actor)
    actions.set_tags(conversation=others, names=LONG_TAGS, by=maya.actor)
    courier = [To("to", "desk@courier.example", "Pia Lindqvist")]
    asked = sent(
        actions.forward(conversation=others, agent=maya, html="<p>Was there a second box?</p>", recipients=courier)
    )
    arrives(inbox, "Pia Lindqvist", "desk@courier.example", "Re: Fwd: Order LM-40911",
            "Yes, it lies at our depot. We bring it tomorrow.", in_reply_to=asked.external_id)  # fmt: skip
    quoted = (
        "---------- Forwarded message ---------\nFrom: Jasper Quill <jasper@quill.example>\nDate: Mon, 2 Nov 2026\n"
    )
    quoted += f"Subject: Lid\nTo: {maya.name}\n\nDo you sell the lid of the Heron alone?\n"
    passed = arrives(inbox, maya.name, maya.email, "Fwd: Lid", f"He wrote to me.\n\n{quoted}")
    ids["passed"] = passed.conversation_id
    ids |= {"snoozed": snoozed.pk, "scheduled": later.pk, "others": others.pk}


def _troubles(ids: dict[str, object], inbox: Inbox, tom: Agent, maya: Agent, billing: Team) -> None:
    failed = arrives(inbox, "Anselm Brückner", "anselm@brueckner.example", "Invoice to the wrong company",
                     "Please write it to Brückner Kaffee GmbH.").conversation  # fmt: skip
    actions.assign(conversation=failed, agent=tom, team=billing, by=maya.actor)
    actions.set_priority(conversation=failed, priority="urgent", by=maya.actor)
    message = sent(_reply(failed, tom, "<p>Here is the new invoice.</p>"))
    actions.report_recipient(message=message, address="anselm@brueckner.example", state="failed", permanent=True,
                             reason="The mailbox is full (552 5.2.2).", by=system("email"))  # fmt: skip
    unknown = arrives(inbox, "Folake Adeyemi", "folake@adeyemi.example", "Milk jug, 600 ml",
                      "Is it in stock again?").conversation  # fmt: skip
    message = _reply(unknown, tom, "<p>Yes, since this morning.</p>")
    actions.queue(message=message, by=tom.actor)
    outbox = actions.claim(message_id=message.pk, owner="house")
    assert outbox
    actions.hand_over(outbox=outbox, owner="house", external_id=f"<{message.pk}@larkmoor.example>")
    actions.mark_unknown(outbox=outbox, owner="house", reason="The connection broke.", by=system("delivery"))
    ids |= {"failed": failed.pk, "unknown": unknown.pk}


def _moves(ids: dict[str, object], inbox: Inbox, tom: Agent) -> None:
    first = arrives(inbox, "Mireille Fontaine", "mireille@fontaine.example", "Gasket", "Which size do I need?")
    again = arrives(inbox, "Mireille Fontaine", "mireille@fontaine.example", "Gasket size?", "Sorry, me again: 58 mm?")
    actions.merge(source=again.conversation, target=first.conversation, by=tom.actor)
    other = arrives(inbox, "Mireille Fontaine", "mireille@fontaine.example", "Gasket",
                    "By the way, my bill names the wrong street.", in_reply_to=first.external_id)  # fmt: skip
    actions.split(
        conversation=first.conversation, messages=[other.pk], subject="Wrong street on the bill", by=tom.actor
    )
    asked = arrives(inbox, "Uwe Janssen", "uwe@janssen.example", "Tray", "Do you sell the tray alone?")
    linked = arrives(inbox, "Birgit Janssen", "birgit@janssen.example", "Re: Tray", "We would take two of them.",
                     in_reply_to=asked.external_id)  # fmt: skip
    ids |= {"merged": first.conversation_id, "linked": linked.conversation_id}


def _many(inbox: Inbox, tom: Agent) -> None:
    asked = (
        "When will my parcel come?",
        "Is there a workshop in Leeds?",
        "How do I clean the wand?",
        "Voucher for a friend",
    )
    for number in range(24):
        name = f"Alder Whitcombe {number + 1}"
        conversation = arrives(
            inbox, name, f"a{number}@whitcombe.example", asked[number % 4], f"{asked[number % 4]} ({number})"
        )
        if number % 3 == 0:
            actions.set_tags(conversation=conversation.conversation, names=["Steam"], by=tom.actor)
