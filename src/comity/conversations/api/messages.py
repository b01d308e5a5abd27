"""The resource /conversations/…/messages: read the thread, answer, write a note."""

from datetime import datetime
from typing import Any, Literal

from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Status

from comity.accounts.user import UserRequest
from comity.conversations import actions, queries
from comity.conversations.models import Conversation, Leg, Message
from comity.conversations.queries import choosing
from comity.core import clock
from comity.core.api import Id, Listing, Paging, mount, needs, require
from comity.core.refusals import Refusal

from .shapes import MessageOut, message_out
from .writing import Addresses, Written, recipients

router = mount("/conversations", Router(tags=["messages"]))
single = mount("/messages", Router(tags=["messages"]))


class Writing(Written):
    """A reply to the customer, or a note for the team. Without to, cc and bcc a reply goes to all who take part."""

    direction: Literal["outbound", "note"]
    leg: Id | None = Field(None, description="By which leg to answer; null is where the customer is now.")
    to: Addresses = None
    cc: Addresses = None
    bcc: Addresses = None
    send_at: datetime | None = Field(None, description="When it leaves, with an offset from UTC; null is now.")
    replies: list[str] = Field(
        default_factory=list,
        max_length=100,
        description="Of a reply: short answers to press, at most 6 of 80 letters, where the channel takes some.",
    )
    card: dict[str, Any] | None = Field(
        None, description="Of a reply: what a chat draws, such as an order; everything else shows it as text."
    )


class Forwarding(Written):
    """What is written to somebody outside, who never sees the customer's mail nor the customer theirs."""

    to: list[str] | str = Field(description="Such as “Ian Smith <ian@example.org>”; a list, or with commas.")
    cc: Addresses = None
    bcc: Addresses = None
    subject: str = Field("", max_length=250, description="Empty is that of the conversation, with Fwd: before it.")
    messages: list[Id] = Field(
        default_factory=list, max_length=200, description="Which messages follow below the text, with their files."
    )


@router.get("/{conversation_id}/messages", response=Listing[MessageOut], summary="List messages, oldest first")
@needs("conversations.read")
def list_messages(request: UserRequest, conversation_id: int, paging: Query[Paging]) -> dict[str, Any]:
    """With notes, and with the lines that say what happened."""
    found = queries.conversation_or_404(request.user, conversation_id)
    told, cursor = choosing.told(found, **paging.values())
    return {"items": [message_out(one) for one in told], "next": cursor}


@router.post("/{conversation_id}/messages", response={201: MessageOut}, summary="Reply, or write a note")
@needs("conversations.reply", "conversations.comment")
def write_message(request: UserRequest, conversation_id: int, body: Writing) -> Status[dict[str, Any]]:
    """A reply waits for `undo_seconds`, or until `send_at`, and leaves by itself."""
    found = queries.conversation_or_404(request.user, conversation_id)
    if body.direction == "note":
        require(request.user, "conversations.comment")
        if body.card:
            raise Refusal(_("A note takes no card: only customers get one."), code="card", status=422)
        if body.replies:
            raise Refusal(_("A note takes no quick replies: only customers get them."), code="replies", status=422)
        note = actions.note(conversation=found, agent=request.user, html=body.as_html(), attachments=body.attachments)
        return Status(201, _written(found, note))
    require(request.user, "conversations.reply")
    leg = _leg(found, body.leg)
    named = recipients(to=body.to, cc=body.cc, bcc=body.bcc) or queries.reply_all(found, leg)
    reply = actions.reply(
        conversation=found,
        agent=request.user,
        html=body.as_html(),
        recipients=named,
        leg=leg,
        send_at=_moment(body.send_at),
        undo_seconds=body.undo_seconds,
        attachments=body.attachments,
        card=body.card,
        replies=body.replies,
    )
    return Status(201, _written(found, reply))


@router.post("/{conversation_id}/forwards", response={201: MessageOut}, summary="Forward to a third party")
@needs("conversations.reply")
def forward_messages(request: UserRequest, conversation_id: int, body: Forwarding) -> Status[dict[str, Any]]:
    """What they answer is marked `aside`. It waits for `undo_seconds` and leaves by itself; nothing else changes."""
    found = queries.conversation_or_404(request.user, conversation_id)
    chosen = {message.pk: message for message in queries.messages_of(found).filter(pk__in=body.messages)}
    if missing := set(body.messages) - chosen.keys():
        words = _("This conversation has no message %(id)s.")
        raise Refusal(words % {"id": min(missing)}, code="message", status=422)
    message = actions.forward(
        conversation=found,
        agent=request.user,
        html=body.as_html(),
        recipients=recipients(to=body.to, cc=body.cc, bcc=body.bcc),
        subject=body.subject,
        undo_seconds=body.undo_seconds,
        attachments=body.attachments,
        quoting=[chosen[pk] for pk in sorted(chosen)],
    )
    return Status(201, _written(found, message))


@single.get("/{message_id}", response=MessageOut, summary="Read a message")
@needs("conversations.read")
def read_message(request: UserRequest, message_id: int) -> dict[str, Any]:
    """With its state, which says whether it left."""
    return _message(request, message_id)


@single.delete("/{message_id}", response={204: None}, summary="Take back a message that waits")
@needs("conversations.reply")
def withdraw_message(request: UserRequest, message_id: int) -> Status[None]:
    """One that this token wrote, within `undo_seconds` or before `send_at`. What it changed is as before."""
    actions.withdraw(message=queries.message_or_404(request.user, message_id), by=request.user.actor)
    return Status(204, None)


@single.post("/{message_id}/send", response=MessageOut, summary="Let a waiting message leave at once")
@needs("conversations.reply")
def send_message_now(request: UserRequest, message_id: int) -> dict[str, Any]:
    """One that this token wrote. One that is on its way already is refused."""
    actions.send_now(message=queries.message_or_404(request.user, message_id), by=request.user.actor)
    return _message(request, message_id)


@single.post("/{message_id}/retry", response=MessageOut, summary="Send a failed or unknown message again")
@needs("conversations.reply")
def retry_message(request: UserRequest, message_id: int) -> dict[str, Any]:
    """With the same Message-ID. After an unknown outcome the customer may get it twice."""
    actions.send_again(message=queries.message_or_404(request.user, message_id), by=request.user.actor)
    return _message(request, message_id)


@single.post("/{message_id}/confirm", response=MessageOut, summary="Say that a message of unknown outcome arrived")
@needs("conversations.reply")
def confirm_message(request: UserRequest, message_id: int) -> dict[str, Any]:
    """It counts as sent."""
    actions.confirm_sent(message=queries.message_or_404(request.user, message_id), by=request.user.actor)
    return _message(request, message_id)


def _message(request: UserRequest, message_id: int) -> dict[str, Any]:
    found = queries.message_or_404(request.user, message_id)
    return _told(found.conversation, found)


def _written(conversation: Conversation, message: Message) -> dict[str, Any]:
    """Describe what was just written, which is as the database has it."""
    return message_out(choosing.tell(conversation, [message])[0])


def _told(conversation: Conversation, message: Message) -> dict[str, Any]:
    return message_out(choosing.told_one(conversation, message.pk))


def _leg(conversation: Conversation, leg_id: int | None) -> Leg | None:
    legs = queries.legs_of(conversation)
    found = next((leg for leg in legs if leg_id in (None, leg.pk)), None)
    if found is None and leg_id is not None:
        words = _("This conversation has no such leg. Leave it out to answer where the customer is now.")
        raise Refusal(words, code="leg", status=422)
    return found


def _moment(send_at: datetime | None) -> datetime | None:
    if send_at is None:
        return None
    if send_at.tzinfo is None or send_at <= clock.now():
        raise Refusal(_("Choose a moment that is still to come, with its offset from UTC."), code="send_at", status=422)
    return send_at
