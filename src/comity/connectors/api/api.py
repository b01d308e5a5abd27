"""Where a system of the organisation's own gives its messages, and says what became of ours."""

from typing import Annotated, Any, Literal

from django.http import Http404
from ninja import Field, Router, Schema, Status
from pydantic import AwareDatetime, StringConstraints

from comity.accounts.user import UserRequest
from comity.conversations.models import Inbox
from comity.core.api import Id, mount, needs

from . import actions, queries

inboxes = mount("/inboxes", Router(tags=["own systems"]))
Mark = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=queries.LONGEST_ID)]
MOST_FILES = 50


class PersonIn(Schema):
    """Who wrote: the number that your system gives them, and what it knows of them."""

    id: Mark
    name: str = Field("", max_length=200)
    email: str = Field("", max_length=254, description="Shown to agents as a suggestion; nothing is joined by it.")


class MessageIn(Schema):
    """A customer's message. Give text or html, or both."""

    id: Mark = Field(description="Your own id of it: the same id again is the same message, and counts once.")
    sender: PersonIn = Field(alias="from")
    thread: Mark | None = Field(None, description="Your own name of the place. Without it, one person's are together.")
    conversation: Id | None = Field(None, description="Instead, the conversation that an answer named.")
    subject: str = Field("", max_length=250)
    text: str = Field("", max_length=200_000)
    html: str = Field("", max_length=2_000_000, description="What acts, loads or tracks is taken out.")
    attachments: list[Id] = Field([], max_length=MOST_FILES, description="Ids of uploaded files.")
    sent_at: AwareDatetime | None = None


class StateIn(Schema):
    """What became of a message that was posted to you."""

    message: Id | Mark = Field(description="Its `message` (a number), or the id that you answered (a text).")
    state: Literal["delivered", "read", "failed"]
    reason: str = Field("", max_length=1000, description="Why it failed; agents read it beside the message.")


class Stored(Schema):
    """It is kept, durably, and is read in a moment. repeated: it had been stored before."""

    state: Literal["stored"] = "stored"
    repeated: bool


@inboxes.post("/{inbox_id}/messages", response={202: Stored}, summary="Deliver a customer's message")
@needs("inboxes.deliver")
def deliver_message(request: UserRequest, inbox_id: int, body: MessageIn) -> Status[dict[str, Any]]:
    """Into an inbox of the channel `api`."""
    message = actions.Given(
        id=body.id,
        number=body.sender.id,
        name=body.sender.name,
        email=body.sender.email,
        subject=body.subject,
        text=body.text,
        html=body.html,
        thread=body.thread or "",
        conversation=body.conversation,
        attachments=tuple(body.attachments),
        sent_at=body.sent_at,
    )
    is_new = actions.take(inbox=_inbox_or_404(request, inbox_id), message=message, by=request.user.actor)
    return Status(202, {"state": "stored", "repeated": not is_new})


@inboxes.post("/{inbox_id}/states", response={202: Stored}, summary="Say what became of an answer")
@needs("inboxes.deliver")
def report_state(request: UserRequest, inbox_id: int, body: StateIn) -> Status[dict[str, Any]]:
    """409 `not_sent_yet` while the call that brought it to you is not answered: then report again."""
    inbox = _inbox_or_404(request, inbox_id)
    message = queries.message_meant(inbox, body.message)
    is_new = actions.take_state(inbox=inbox, message=message, state=body.state, reason=body.reason)
    return Status(202, {"state": "stored", "repeated": not is_new})


def _inbox_or_404(request: UserRequest, inbox_id: int) -> Inbox:
    found = queries.inbox_for(request.user, inbox_id)
    if found is None:
        raise Http404("no inbox of this channel")
    return found
