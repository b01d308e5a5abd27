"""Out of the way and back: the bin, spam, attaching, and undoing a merge or a split."""

from datetime import datetime
from typing import Any, Literal

from django.db.models import Q
from ninja import Query, Router, Schema, Status

from comity.accounts.user import UserRequest
from comity.conversations import actions, queries
from comity.conversations.models import Conversation, Move
from comity.conversations.queries import choosing
from comity.core.api import Listing, Paging, mount, needs
from comity.core.pages import page

from .conversations import router
from .shapes import ConversationOut, conversation_out

moves = mount("/moves", Router(tags=["conversations"]))
DELETE, MERGE, WORK = "conversations.delete", "conversations.merge", "conversations.work"


class MoveOut(Schema):
    """A merge or a split that can be undone."""

    id: int
    kind: Literal["merge", "split"]
    source: int
    target: int
    made_at: datetime


@router.delete("/{conversation_id}", response={204: None}, summary="Put a conversation into the bin")
@needs(DELETE)
def delete_conversation(request: UserRequest, conversation_id: int) -> Status[None]:
    """It can come back for as long as the settings say."""
    found = queries.conversation_or_404(request.user, conversation_id)
    actions.delete(conversation=found, by=request.user.actor)
    return Status(204, None)


@router.post("/{conversation_id}/restore", response=ConversationOut, summary="Take a conversation out of the bin")
@needs(DELETE)
def restore_conversation(request: UserRequest, conversation_id: int) -> dict[str, Any]:
    """As it was. Nothing happens to one that is not there."""
    found = queries.conversation_or_404(request.user, conversation_id, with_bin=True)
    return _now(actions.restore(conversation=found, by=request.user.actor))


@router.put("/{conversation_id}/spam", response=ConversationOut, summary="Mark a conversation as spam")
@needs(WORK)
def mark_conversation_spam(request: UserRequest, conversation_id: int) -> dict[str, Any]:
    """It leaves the lists of work."""
    found = queries.conversation_or_404(request.user, conversation_id)
    return _now(actions.mark_spam(conversation=found, by=request.user.actor))


@router.delete("/{conversation_id}/spam", response=ConversationOut, summary="Say that a conversation is no spam")
@needs(WORK)
def unmark_conversation_spam(request: UserRequest, conversation_id: int) -> dict[str, Any]:
    """It is open again. Nothing happens to one that is no spam."""
    found = queries.conversation_or_404(request.user, conversation_id)
    return _now(actions.reopen(conversation=found, by=request.user.actor) if found.status == "spam" else found)


@router.post("/{conversation_id}/attach", response=ConversationOut, summary="Join a linked conversation to its matter")
@needs(MERGE)
def attach_conversation(request: UserRequest, conversation_id: int) -> dict[str, Any]:
    """Answers the conversation that it is part of now."""
    found = queries.conversation_or_404(request.user, conversation_id)
    if found.follows_id:
        queries.conversation_or_404(request.user, found.follows_id)
    return _now(actions.attach(conversation=found, by=request.user.actor))


@router.get("/{conversation_id}/moves", response=Listing[MoveOut], summary="List merges and splits, newest first")
@needs(MERGE)
def list_moves(request: UserRequest, conversation_id: int, paging: Query[Paging]) -> dict[str, Any]:
    """Those of this conversation that were not undone."""
    found = queries.conversation_or_404(request.user, conversation_id)
    made = Move.objects.filter(Q(source=found) | Q(target=found), undone_at=None)
    rows = page(made, by=("-pk",), **paging.values())
    items = [
        {"id": one.pk, "kind": one.kind, "source": one.source_id, "target": one.target_id, "made_at": one.made_at}
        for one in rows.items
    ]
    return {"items": items, "next": rows.next}


@moves.delete("/{move_id}", response=ConversationOut, summary="Undo a merge or a split")
@needs(MERGE)
def undo_move(request: UserRequest, move_id: int) -> dict[str, Any]:
    """Within 30 days, and before a later one. Answers the conversation that has its messages back."""
    made = queries.move_or_404(request.user, move_id)
    return _now(actions.undo_move(move=made, by=request.user.actor))


def _now(conversation: Conversation) -> dict[str, Any]:
    return conversation_out(choosing.shown(conversation.pk))
