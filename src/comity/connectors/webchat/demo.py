"""The chat of Larkmoor's shop: a widget that never sends outside, and a handful of chats of the last hour."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from comity.accounts.models import Agent, Brand, Team
from comity.channels import intake
from comity.channels.models import RawMessage
from comity.conversations import actions as conversations
from comity.conversations.models import Conversation, Inbox, Status
from comity.conversations.recipients import To
from comity.core import clock, demo
from comity.core.demo import Demo

from . import actions
from .actions.messages import Written
from .actions.visitors import Page, Said
from .models import Visitor
from .options import WebchatOptions

OPTIONS = WebchatOptions()
SHORTEST, LONGEST = timedelta(seconds=1), timedelta(minutes=6)


@dataclass(frozen=True)
class Chat:
    """One chat: who says what. An answer begins with its agent's key and a colon; the customer's lines do not."""

    name: str
    email: str
    language: str
    page: str
    title: str
    lines: tuple[str, ...]
    ends: bool = False
    replies: tuple[str, ...] = ()  # offered with the last answer


CHATS = (
    Chat(
        *("Freya Aldous", "freya@aldous.example", "en", "/machines/harbour-2", "Harbour 2 espresso machine"),
        (
            "Hi! Does the Harbour 2 fit under a 38 cm cupboard?",
            "tomasz: Good morning Freya! It is 36.4 cm high, but you need 6 cm above it to fill the tank.",
            "Ah. So I would have to pull it forward each time?",
            "tomasz: Yes, about a hand’s width. The Harbour 1 fills from the side, that one would fit as it stands.",
            "Perfect, the Harbour 1 it is. Thank you!",
        ),
        ends=True,
    ),
    Chat(
        *("Mateo Ibarra", "", "es", "/orders/track", "Where is my order?"),
        (
            "Hola, mi pedido LK-20817 dice “entregado” pero no ha llegado nada",
            "lucia: Hola Mateo, lo miro ahora mismo. ¿Puede haberlo recogido un vecino?",
            "He preguntado en todo el edificio y nadie lo tiene",
        ),
    ),
    Chat(
        *("Henrike Sandvoss", "henrike@sandvoss.example", "de", "/care/descaling", "Entkalken, Schritt für Schritt"),
        (
            "Guten Tag, die Lampe blinkt nach dem Entkalken immer noch orange.",
            "jonas: Guten Tag Frau Sandvoss! Haben Sie zum Schluss zweimal klares Wasser durchlaufen lassen?",
            "Nur einmal. Ich probiere es noch mal.",
            "jonas: Gern, ich bleibe hier. Wie sieht es jetzt aus?",
        ),
        replies=("Sie leuchtet wieder weiß", "Sie blinkt noch immer orange", "Ich brauche noch einen Moment"),
    ),
    Chat(
        *("", "", "en", "/kettles/tide", "Tide kettle"),
        ("Is the oat-coloured kettle coming back? It has been out of stock for weeks",),
    ),
    Chat(
        *("Aurélie Castaing", "aurelie@castaing.example", "fr", "/checkout", "Votre commande"),
        ("Bonjour, mon code de réduction n’est pas accepté : LARK10", "Il est valable jusqu’à dimanche normalement ?"),
    ),
)


def fill(part: Demo) -> None:
    """Open the chat, and play the chats after everything that came by mail."""
    with clock.at(part.ago(days=demo.HISTORY.days + 18)):
        inbox = conversations.create_inbox(
            name="Larkmoor shop",
            channel="webchat",
            team=Team.objects.get(pk=part.find("team:orders")),
            brand=Brand.objects.get(pk=part.find("brand:larkmoor")),
            language="en",
            is_demo=True,
            by=part.by,
        )
        actions.make_secret(inbox=inbox, by=part.by)
    part.name("inbox:chat", inbox.pk)
    moment = Conversation.objects.order_by("-created_at").values_list("created_at", flat=True)[0]
    step = max(SHORTEST, min(LONGEST, (part.now - moment) / (len(CHATS) + 1)))
    for number, chat in enumerate(CHATS, start=1):
        _play(part, inbox, chat, moment + number * step, step / 8)


def remove(part: Demo) -> None:
    """Take the visitors away; their conversations go with the inboxes."""
    part.lose("visitor", actions.forget_visitors(inboxes=part.of_kind("inbox")))


def _play(part: Demo, inbox: Inbox, chat: Chat, begins: datetime, pause: timedelta) -> None:
    page = Page(url=f"https://larkmoor.example{chat.page}", title=chat.title, language=chat.language)
    with clock.at(min(begins, part.now)):
        visitor, _secret, _until = actions.welcome(inbox=inbox, page=page, options=OPTIONS)
        visitor = actions.describe(visitor=visitor, said=Said(name=chat.name, email=chat.email))
    conversation = None
    for number, line in enumerate(chat.lines):
        agent, _colon, text = line.partition(": ")
        with clock.at(min(begins + number * pause, part.now)):
            if f"agent:{agent}" in part.ids and conversation:
                by = Agent.objects.get(pk=part.find(f"agent:{agent}"))
                _answer(conversation, visitor, by, text, chat.replies if number == len(chat.lines) - 1 else ())
            else:
                conversation = _write(visitor, conversation, line, key=uuid.UUID(int=part.chance.getrandbits(128)))
    if chat.ends and conversation:
        with clock.at(min(begins + len(chat.lines) * pause, part.now)):
            actions.end_chat(visitor=visitor, conversation=conversation)


def _write(visitor: Visitor, conversation: Conversation | None, text: str, *, key: uuid.UUID) -> Conversation:
    visitor.refresh_from_db()
    number = conversation.pk if conversation else None
    actions.write(visitor=visitor, message=Written(key=key, text=text, conversation=number, thread=key))
    raw = RawMessage.objects.filter(inbox=visitor.inbox, source=f"{visitor.pk}:{key}").get()
    intake.read({raw.pk: actions.CHAT})
    message = RawMessage.objects.select_related("message__conversation").get(pk=raw.pk).message
    assert message is not None, "our own bytes can be read"
    return message.conversation


def _answer(conversation: Conversation, visitor: Visitor, agent: Agent, text: str, replies: Sequence[str]) -> None:
    """Let an agent answer, and the visitor read it."""
    to = [To("to", visitor.public, visitor.name)]
    message = conversations.reply(
        conversation=conversation,
        agent=agent,
        html=f"<p>{text}</p>",
        recipients=to,
        then=Status.WAITING_CUSTOMER,
        replies=replies,
    )
    conversations.report_recipient(
        message=message, address="", state="read", reason="", permanent=False, by=actions.CHAT
    )


demo.register("live chat", demo.Part(order=55, fill=fill, remove=remove))
