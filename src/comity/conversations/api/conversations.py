"""The resource /conversations: find, begin, change, set aside, merge, split."""

from datetime import datetime
from typing import Any, Literal

from django.db import transaction
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema, Status

from comity.accounts.models import Agent
from comity.accounts.queries import team_given
from comity.accounts.user import UserRequest
from comity.conversations import actions, queries
from comity.conversations.models import Conversation, Inbox, StatusName
from comity.conversations.queries import choosing
from comity.core.api import Id, Listing, Paging, mount, needs, require
from comity.core.refusals import Refusal
from comity.core.rows import find_row

from .shapes import ConversationOut, PriorityWord, StatusWord, conversation_out
from .writing import Addresses, Written, address_of, recipients

router = mount("/conversations", Router(tags=["conversations"]))
WORK = "conversations.work"


class Choice(Paging):
    """Which conversations."""

    status: StatusWord | None = None
    inbox: Id | None = None
    assignee: Id | Literal["none"] | None = Field(None, description="An agent’s id, or none.")
    team: Id | Literal["none"] | None = Field(None, description="A team’s id, or none.")
    contact: Id | None = None
    tag: str | None = None
    q: str | None = Field(None, description="Words, names, addresses: as in the search of the workspace.")
    in_bin: bool = Field(False, description="Those in the bin instead; asks for conversations.delete.")

    def wanted(self) -> choosing.Wanted:
        """Return it as the query takes it."""
        columns: dict[str, str | int | None] = {}
        for name in ("status", "inbox", "assignee", "team", "contact"):
            value = getattr(self, name)
            if value is not None:
                columns[name] = None if value == "none" else value
        return choosing.Wanted(columns=columns, tag=self.tag, text=self.q, in_bin=self.in_bin)


class Beginning(Written):
    """A conversation that we begin: to a contact, or to an address."""

    inbox: Id
    contact: Id | None = None
    to: Addresses = None
    cc: Addresses = None
    bcc: Addresses = None
    subject: str = Field("", max_length=250)


class Change(Schema):
    """What to change; what is left out stays. Null takes the assignee or the team away."""

    subject: str | None = Field(None, max_length=250)
    status: StatusWord | None = None
    status_name: str | None = Field(None, description="The organisation’s own name for a status, which it goes to.")
    priority: PriorityWord | None = None
    assignee: Id | None = None
    team: Id | None = None
    tags: list[str] | None = Field(None, description="All tags that it has from now on.")


class Until(Schema):
    """When to bring it back, with an offset from UTC; null is when the customer answers."""

    until: datetime | None


class Into(Schema):
    """The conversation that takes the other in."""

    into: Id


class Splitting(Schema):
    """Messages that belong to another matter, and how that is called."""

    messages: list[Id]
    subject: str = Field("", max_length=250)


@router.get("", response=Listing[ConversationOut], summary="List conversations, newest activity first")
@needs("conversations.read")
def list_conversations(request: UserRequest, choice: Query[Choice]) -> dict[str, Any]:
    """Filters may be combined."""
    if choice.in_bin:
        require(request.user, "conversations.delete")
    found = choosing.chosen(request.user, choice.wanted(), after=choice.after, limit=choice.limit)
    return {"items": [conversation_out(one) for one in found.items], "next": found.next}


@router.post("", response={201: ConversationOut}, summary="Begin a conversation")
@needs("conversations.reply")
def begin_conversation(request: UserRequest, body: Beginning) -> Status[dict[str, Any]]:
    """Writes to a contact, or to addresses, and opens a conversation about it."""
    inbox = find_row(Inbox, id=body.inbox)
    if inbox is None:
        raise Refusal(_("There is no such inbox."), code="inbox", status=422)
    named = recipients(to=body.to, cc=body.cc, bcc=body.bcc)
    if body.contact is not None:
        named.insert(0, address_of(request.user, body.contact, inbox))
    message = actions.begin(
        inbox=inbox,
        agent=request.user,
        recipients=named,
        subject=body.subject,
        html=body.as_html(),
        undo_seconds=body.undo_seconds,
        attachments=body.attachments,
    )
    return Status(201, conversation_out(message.conversation, is_new=True))


@router.get("/{conversation_id}", response=ConversationOut, summary="Read a conversation")
@needs("conversations.read")
def read_conversation(request: UserRequest, conversation_id: int) -> dict[str, Any]:
    """One that was merged away is found under its target only."""
    return conversation_out(queries.conversation_or_404(request.user, conversation_id))


@router.patch("/{conversation_id}", response=ConversationOut, summary="Change a conversation")
@needs(WORK)
def change_conversation(request: UserRequest, conversation_id: int, body: Change) -> dict[str, Any]:
    """All of it is done, or nothing."""
    found, by = queries.conversation_or_404(request.user, conversation_id), request.user.actor
    with transaction.atomic():  # all of it or nothing
        if body.subject is not None:
            actions.set_subject(conversation=found, subject=body.subject, by=by)
        if body.priority is not None:
            actions.set_priority(conversation=found, priority=body.priority, by=by)
        if body.tags is not None:
            actions.set_tags(conversation=found, names=body.tags, by=by)
        if body.model_fields_set & {"assignee", "team"}:
            agent = _agent(body.assignee) if "assignee" in body.model_fields_set else found.assignee
            team = team_given(body.team) if "team" in body.model_fields_set else found.team
            actions.assign(conversation=found, agent=agent, team=team, by=by)
        if body.status_name is not None:
            name = _status_name(body.status_name, body.status)
            actions.set_status(conversation=found, status=name.category, name=name, by=by)
        elif body.status is not None and body.status != found.status:
            actions.set_status(conversation=found, status=body.status, by=by)
    return _now(found)


@router.put("/{conversation_id}/snooze", response=ConversationOut, summary="Set a conversation aside")
@needs(WORK)
def snooze_conversation(request: UserRequest, conversation_id: int, body: Until) -> dict[str, Any]:
    """Repeating the call moves the moment."""
    found = queries.conversation_or_404(request.user, conversation_id)
    if body.until is None:
        return _now(actions.snooze_until_reply(conversation=found, by=request.user.actor))
    if body.until.tzinfo is None:
        raise Refusal(_("Say the moment with its offset from UTC, such as 2026-03-01T09:00:00Z."), status=422)
    return _now(actions.snooze(conversation=found, until=body.until, by=request.user.actor))


@router.delete("/{conversation_id}/snooze", response=ConversationOut, summary="Bring a conversation back")
@needs(WORK)
def wake_conversation(request: UserRequest, conversation_id: int) -> dict[str, Any]:
    """Nothing happens to one that is not set aside."""
    found = queries.conversation_or_404(request.user, conversation_id)
    return _now(actions.wake(conversation=found, by=request.user.actor))


@router.post("/{conversation_id}/merge", response=ConversationOut, summary="Merge a conversation into another")
@needs("conversations.merge")
def merge_conversation(request: UserRequest, conversation_id: int, body: Into) -> dict[str, Any]:
    """Answers the conversation that took it in."""
    source = queries.conversation_or_404(request.user, conversation_id)
    target = queries.visible_to(request.user).filter(pk=body.into).first()
    if target is None:
        raise Refusal(_("There is no such conversation to merge into."), code="into", status=422)
    return _now(actions.merge(source=source, target=target, by=request.user.actor))


@router.post("/{conversation_id}/split", response={201: ConversationOut}, summary="Split messages off")
@needs("conversations.merge")
def split_conversation(request: UserRequest, conversation_id: int, body: Splitting) -> Status[dict[str, Any]]:
    """Answers the conversation that they became."""
    found = queries.conversation_or_404(request.user, conversation_id)
    there = found.messages.filter(pk__in=body.messages).values_list("pk", flat=True)
    if set(there) != set(body.messages):
        raise Refusal(_("Some of these messages are not in this conversation."), code="messages", status=422)
    made = actions.split(conversation=found, messages=body.messages, subject=body.subject, by=request.user.actor)
    return Status(201, _now(made))


def _now(conversation: Conversation) -> dict[str, Any]:
    return conversation_out(choosing.shown(conversation.pk))


def _status_name(given: str, status: str | None) -> StatusName:
    found = StatusName.objects.filter(name=given).first()
    if found is None or status not in (None, found.category):
        raise Refusal(_("There is no status of that name. GET /statuses lists them."), code="status_name", status=422)
    return found


def _agent(agent_id: int | None) -> Agent | None:
    found = Agent.objects.select_related("role").filter(pk=agent_id).first() if agent_id is not None else None
    if agent_id is not None and found is None:
        raise Refusal(_("There is no such agent."), code="assignee", status=422)
    return found
