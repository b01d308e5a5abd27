"""What the filled house says live: chats in every state, visitors on the site, one that rings at a desk."""

import uuid
from collections.abc import Sequence
from datetime import timedelta
from io import BytesIO

from comity.accounts.actions import people, presence, teams
from comity.accounts.actions.settings import save
from comity.accounts.models import Agent, Brand, Role
from comity.accounts.registry import groups
from comity.connectors.webchat import actions as chat
from comity.connectors.webchat.actions.confirming import confirmation_link
from comity.connectors.webchat.actions.forms import AskedField
from comity.connectors.webchat.actions.messages import Written
from comity.connectors.webchat.actions.visitors import Page, Said
from comity.connectors.webchat.models import Visitor
from comity.connectors.webchat.options import WebchatOptions
from comity.conversations import actions
from comity.conversations.models import Conversation, Inbox, Message, Status
from comity.conversations.recipients import To
from comity.core import clock
from comity.core.actor import Actor
from comity.events.testing import settle
from tests.pages.matters import Ago
from tests.pages.pictures import picture

SHOP = "https://larkmoor.example"
FIREFOX = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:141.0) Gecko/20100101 Firefox/141.0"
QUESTIONS = (
    AskedField(kind="name", label="What is your name?"),
    AskedField(kind="choice", label="What is it about?", choices=("A machine", "An order", "Something else")),
    AskedField(kind="text", label="Your order number", is_required=True, when_key="what-is-it-about",
               when_value="An order"),
)  # fmt: skip
LINKED = """Yes, about a hand’s width. The <b>Harbour 1</b> fills from the side, that one would fit as it stands.
Shall I <a href='https://larkmoor.example/harbour-1'>show you</a>?"""
OFFERED = ("Yes, please", "No, thank you", "First tell me when it can be here, since we are away next week")
STILL = {"answer_minutes": 0, "idle_minutes": 0, "close_minutes": 0, "ring_seconds": 300}  # nothing happens by itself


def fill(ids: dict[str, object], tom: Agent, ago: Ago, by: Actor) -> None:
    """Open the chat, let visitors come and write, and let one wait for the only person at the desk."""
    role, member = Role.objects.get(slug="agent"), "ravi@larkmoor.example"
    ravi = people.add(email=member, name="Ravi Subramaniam", role=role, password="four-wooden-ducks", by=by)
    desk = teams.create(name="Chat desk", member_ids=[ravi.pk], by=by)
    brand = Brand.objects.order_by("pk")[0]
    inbox = actions.create_inbox(name="Larkmoor shop", channel="webchat", team=desk, brand=brand, by=by)
    chat.set_form(inbox=inbox, fields=QUESTIONS, by=by)
    save(group=groups["live"], level=("inbox", inbox.pk), values=STILL, by=by)
    ids |= {"chat_inbox": inbox.pk}
    with ago(minutes=24):
        _talk(ids, inbox, tom)
    _others(ids, inbox)
    _rings(ids, inbox, ravi)
    here = Visitor.objects.exclude(name="Mateo Ibarra")
    chat.note_presence(here=[visitor.pk for visitor in here], until=clock.now() + timedelta(days=2), gone=[])


def _talk(ids: dict[str, object], inbox: Inbox, tom: Agent) -> None:
    """A conversation with bubbles of both sides, a picture, and answers in every state."""
    visitor = _visitor(inbox, "Freya Aldous", "freya@aldous.example", "/machines/harbour-2?colour=oat&from=letter",
                       "Harbour 2 espresso machine with tank for two litres, oat")  # fmt: skip
    visitor = chat.describe(visitor=visitor, said=Said(attributes={"Cart": "Harbour 2, 3 filters", "Plan": "Café"}))
    conversation = _say(visitor, "Hi! Does the Harbour 2 fit under a 38 cm cupboard?")
    actions.assign(conversation=conversation, agent=tom, team=inbox.team, by=tom.actor)
    _answer(conversation, visitor, tom, "Good morning Freya! It is 36.4 cm high, but you need 6 cm to fill it.", "read")
    _say(visitor, "Ah. So I would have to pull it forward each time? The shelf looks like this:", conversation)
    _say(visitor, "", conversation, photo="cupboard-above-the-sink.png")
    _answer(conversation, visitor, tom, LINKED, "delivered")
    _say(visitor, "Perfect, and is there one in oat?", conversation)
    _answer(conversation, visitor, tom, "There is. Shall I keep one for you?", "", OFFERED)
    ids |= {"chat": conversation.pk, "chat_confirm": _word(visitor)}


def _others(ids: dict[str, object], inbox: Inbox) -> None:
    known = _visitor(inbox, "Aurélie Castaing", "aurelie@castaing.example", "/checkout", "Votre commande")
    _say(known, "Bonjour, mon code de réduction n’est pas accepté : LARK10")
    known.refresh_from_db()
    known = chat.confirm(visitor=known, email=known.email)
    looks = _visitor(inbox, "", "", "/kettles/tide", "Tide kettle")
    _visitor(inbox, "", "", "", "")
    gone = _visitor(inbox, "Mateo Ibarra", "mateo@ibarra.example", "/orders/track", "Where is my order?")
    waits = _say(gone, "Hola, mi pedido LK-20817 dice “entregado” pero no ha llegado nada")
    chat.block(visitor=gone, by=chat.CHAT)
    ids |= {"visitor": looks.pk, "chat_confirmed": _word(known), "chat_waiting": waits.pk}


def _rings(ids: dict[str, object], inbox: Inbox, ravi: Agent) -> None:
    """One rings at the desk of the only person who is there, for as long as anybody looks."""
    presence.choose(agent=ravi, presence="online", by=ravi.actor)
    settle()
    visitor = _visitor(inbox, "Henrike Sandvoss", "henrike@sandvoss.example", "/care/descaling", "Entkalken")
    with_photo = "Guten Tag, die Lampe blinkt nach dem Entkalken immer noch orange. Was kann ich tun?"
    ids["chat_ringing"] = _say(visitor, with_photo).pk


def _visitor(inbox: Inbox, name: str, email: str, path: str, title: str) -> Visitor:
    url = SHOP + path if path else ""
    page = Page(url=url, title=title, language="en-GB", zone="Europe/London", user_agent=FIREFOX,
                referrer="https://www.coffee-and-counters.example/reviews" if path else "")  # fmt: skip
    visitor, _secret, _until = chat.welcome(inbox=inbox, page=page, options=WebchatOptions())
    return chat.describe(visitor=visitor, said=Said(name=name, email=email))


def _say(visitor: Visitor, text: str, conversation: Conversation | None = None, photo: str = "") -> Conversation:
    visitor.refresh_from_db()
    key, sent = uuid.uuid4(), []
    if photo:
        content = picture(320, 200, (150, 120, 90))
        sent = [chat.upload(visitor=visitor, content=BytesIO(content), name=photo, size=len(content),
                            options=WebchatOptions()).pk]  # fmt: skip
    number = conversation.pk if conversation else None
    chat.write(visitor=visitor, message=Written(key=key, text=text, conversation=number, thread=key, attachments=sent))
    settle()
    visitor.refresh_from_db()
    found = Conversation.objects.filter(legs__identity=visitor.identity).order_by("-pk").first()
    assert found, "what was said has been read"
    return found


def _answer(
    conversation: Conversation, visitor: Visitor, agent: Agent, html: str, state: str, replies: Sequence[str] = ()
) -> Message:
    conversation.refresh_from_db()
    to = [To("to", visitor.public, visitor.name)]
    leg = conversation.legs.get(inbox__channel="webchat")
    message = actions.reply(conversation=conversation, agent=agent, html=f"<p>{html}</p>", recipients=to, leg=leg,
                            then=Status.WAITING_CUSTOMER, replies=replies)  # fmt: skip
    settle()
    message.refresh_from_db()
    if state:
        actions.report_recipient(message=message, address="", state=state, reason="", permanent=False, by=chat.CHAT)
    return message


def _word(visitor: Visitor) -> str:
    return confirmation_link(visitor).rpartition("/")[2]
