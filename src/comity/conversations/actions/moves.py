"""Merging and splitting: messages and legs move, and what moved is written down, so that both can be undone."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from comity.conversations.models import (
    Conversation,
    ConversationTag,
    Direction,
    Follower,
    Interval,
    Leg,
    Message,
    Move,
    Participant,
    Queued,
    Status,
)
from comity.core import clock
from comity.core.actor import Actor
from comity.core.refusals import Refusal
from comity.core.text import excerpt
from comity.events.log import record

from . import status
from .history import change, first_stretches, line, locked, owner_value, stretch
from .queueing import leave


@transaction.atomic
def merge(*, source: Conversation, target: Conversation, by: Actor) -> Conversation:
    """Move everything of one conversation into another. The emptied one forwards to it from now on."""
    if source.pk == target.pk:
        raise Refusal(_("A conversation can't be merged with itself."), status=422)
    pair = {found.pk: found for found in (locked(one) for one in sorted((source, target), key=lambda one: one.pk))}
    source, target = pair[source.pk], pair[target.pk]
    moved = _move_rows(source, target)
    before = status.as_it_is(target)
    leave(source, Queued.Outcome.LEFT, by=by)
    change(source, merged_into=target)
    Interval.objects.filter(conversation=source, ended_at=None).update(ended_at=clock.now())
    _recount(target)
    move = Move.objects.create(kind=Move.Kind.MERGE, source=source, target=target, moved=moved, made_at=clock.now())
    line(target, "merged", by=by, source=source.pk)
    record("conversation.merged", subject=target.stream, by=by, source=source.pk, target=target.pk)
    record("conversation.merged_away", subject=source.stream, by=by, source=source.pk, target=target.pk)
    if target.status == Status.RESOLVED and source.status not in (Status.RESOLVED, Status.SPAM):
        reopened = status.move(target, Status.OPEN, by=by)
        move.moved |= {"before": before, "reopened": reopened.pk if reopened else 0}
        move.save(update_fields=["moved"])
    return target


@transaction.atomic
def split(*, conversation: Conversation, messages: Sequence[int], subject: str, by: Actor) -> Conversation:
    """Move some messages into a new conversation of their author. Raises Refusal when none, or all, would move."""
    conversation = locked(conversation)
    chosen = list(conversation.messages.filter(pk__in=messages).exclude(direction=Direction.SYSTEM).order_by("pk"))
    rest = conversation.messages.exclude(pk__in=messages).exclude(direction=Direction.SYSTEM)
    if not chosen:
        raise Refusal(_("Choose the messages that belong to another matter."), status=422)
    if not rest.exists():
        raise Refusal(_("At least one message must stay here."), status=422)
    target = _new_beside(conversation, chosen, subject)
    moved = {"messages": [message.pk for message in chosen], "legs": _split_legs(chosen, target)}
    _recount(conversation)
    _recount(target)
    Move.objects.create(kind=Move.Kind.SPLIT, source=conversation, target=target, moved=moved, made_at=clock.now())
    line(conversation, "split", by=by, target=target.pk, count=len(chosen))
    line(target, "split_from", by=by, source=conversation.pk)
    event = record(
        "conversation.created", subject=target.stream, by=by, inbox=target.inbox_id, split_from=conversation.pk
    )
    record("conversation.split", subject=conversation.stream, by=by, source=conversation.pk, target=target.pk)
    first_stretches(target, event_id=event.pk)
    return target


@transaction.atomic
def undo_move(*, move: Move, by: Actor) -> Conversation:
    """Put a merge or a split back as it was; what came in on a moved leg since then goes back with it.

    Raises Refusal after 30 days, a second time, or while a later merge stands in the way.
    """
    move = Move.objects.select_for_update().get(pk=move.pk)
    if move.undone_at or clock.now() > move.made_at + Move.UNDO_FOR:
        raise Refusal(_("This can't be undone any more."))
    later = Move.objects.filter(undone_at=None, pk__gt=move.pk, source_id__in=(move.source_id, move.target_id))
    if later.exists():
        raise Refusal(_("Something was merged or split here later. Undo that first."))
    both = Conversation.objects.select_for_update(no_key=True).order_by("pk").in_bulk([move.source_id, move.target_id])
    source, target = both[move.source_id], both[move.target_id]
    if move.kind == Move.Kind.MERGE:
        _unmerge(source, target, move.moved)
    else:
        _unsplit(source, target, move.moved)
    move.undone_at = clock.now()
    move.save(update_fields=["undone_at"])
    _recount(source)
    _recount(target)
    if reopened := move.moved.get("reopened"):
        status.put_back(target, move.moved["before"], moved=reopened, by=by)
    if source.snoozed_until and source.snoozed_until <= clock.now():
        status.wake(conversation=source, by=by)  # its moment came while it was merged away
    name = "unmerged" if move.kind == Move.Kind.MERGE else "unsplit"
    line(source, name, by=by, other=target.pk)
    record(f"conversation.{name}", subject=source.stream, by=by, source=source.pk, target=target.pk)
    record(f"conversation.{name}", subject=target.stream, by=by, source=source.pk, target=target.pk)
    return source


def _move_rows(source: Conversation, target: Conversation) -> dict[str, Any]:
    there = set(target.participants.values_list("identity_id", flat=True))
    following = set(target.followers.values_list("agent_id", flat=True))
    tagged = set(target.tag_links.values_list("tag_id", flat=True))
    moved: dict[str, Any] = {
        "messages": list(source.messages.values_list("pk", flat=True)),
        "legs": list(source.legs.values_list("pk", flat=True)),
        "participants": list(source.participants.exclude(identity_id__in=there).values_list("pk", flat=True)),
        "followers": list(source.followers.exclude(agent_id__in=following).values_list("pk", flat=True)),
        "tags": list(source.tag_links.exclude(tag_id__in=tagged).values_list("tag_id", flat=True)),
        "demoted": [],
    }
    Message.objects.filter(pk__in=moved["messages"]).update(conversation=target)
    Leg.objects.filter(pk__in=moved["legs"]).update(conversation=target)
    people = Participant.objects.filter(pk__in=moved["participants"])
    requesters = people.filter(role=Participant.Role.REQUESTER)
    moved["demoted"] = list(requesters.values_list("pk", flat=True))
    requesters.update(role=Participant.Role.COPIED)
    people.update(conversation=target)
    Follower.objects.filter(pk__in=moved["followers"]).update(conversation=target)
    ConversationTag.objects.bulk_create(ConversationTag(conversation=target, tag_id=tag_id) for tag_id in moved["tags"])
    _move_drafts(source, target)
    return moved


def _move_drafts(source: Conversation, target: Conversation) -> None:
    for draft in source.drafts.all():
        other = target.drafts.filter(author=draft.author, kind=draft.kind).first()
        if other is None:
            draft.conversation = target
            draft.save(update_fields=["conversation"])
        elif draft.html:
            other.html += draft.html
            other.version += 1
            other.save(update_fields=["html", "version"])


def _unmerge(source: Conversation, target: Conversation, moved: dict[str, Any]) -> None:
    if source.merged_into_id != target.pk:
        raise Refusal(_("This can't be undone any more."))
    Leg.objects.filter(pk__in=moved["legs"], conversation=target).update(conversation=source)
    target.messages.filter(pk__in=moved["messages"]).update(conversation=source)
    target.messages.filter(leg_id__in=moved["legs"]).update(conversation=source)
    Participant.objects.filter(pk__in=moved["participants"], conversation=target).update(conversation=source)
    Participant.objects.filter(pk__in=moved["demoted"], conversation=source).update(role=Participant.Role.REQUESTER)
    Follower.objects.filter(pk__in=moved["followers"], conversation=target).update(conversation=source)
    target.tag_links.filter(tag_id__in=moved["tags"]).delete()
    change(source, merged_into=None)
    stretch(source, Interval.Kind.STATUS, source.status, reason="unmerged")
    stretch(source, Interval.Kind.OWNER, owner_value(source), reason="unmerged")


def _unsplit(source: Conversation, target: Conversation, moved: dict[str, Any]) -> None:
    for pair in moved["legs"]:
        Message.objects.filter(conversation=target, leg_id=pair["new"]).update(leg_id=pair["old"])
    target.messages.exclude(direction=Direction.SYSTEM).update(conversation=source)
    change(target, merged_into=source)
    Interval.objects.filter(conversation=target, ended_at=None).update(ended_at=clock.now())


def _new_beside(conversation: Conversation, chosen: list[Message], subject: str) -> Conversation:
    now = clock.now()
    writer = next((message.author_identity for message in chosen if message.author_identity), None)
    requester = conversation.participants.filter(role=Participant.Role.REQUESTER).first()
    identity = writer or (requester.identity if requester else None)
    target = Conversation.objects.create(
        contact=identity.contact if identity else conversation.contact,
        inbox=conversation.inbox,
        subject=" ".join(subject.split())[:250] or conversation.subject,
        status=Status.OPEN,
        team=conversation.team,
        assignee=conversation.assignee,
        follows=conversation,
        channel=conversation.channel,
        created_at=now,
        last_activity_at=now,
    )
    if identity:
        Participant.objects.create(
            conversation=target, identity=identity, role=Participant.Role.REQUESTER, joined_at=now
        )
    return target


def _split_legs(chosen: list[Message], target: Conversation) -> list[dict[str, int]]:
    pairs: dict[int, int] = {}
    is_all_aside = all(message.leg is None or message.leg.is_aside for message in chosen)  # then they are the matter
    for message in chosen:
        if message.leg and message.leg.pk not in pairs:
            old = message.leg
            new = Leg.objects.create(
                conversation=target,
                inbox=old.inbox,
                identity=old.identity,
                external_thread=old.external_thread,
                is_aside=old.is_aside and not is_all_aside,
                created_at=clock.now(),
                last_activity_at=old.last_activity_at,
            )
            pairs[old.pk] = new.pk
        Message.objects.filter(pk=message.pk).update(
            conversation=target, leg_id=pairs[message.leg_id] if message.leg_id else None
        )
    return [{"old": old, "new": new} for old, new in pairs.items()]


def _recount(conversation: Conversation) -> None:
    spoken = conversation.messages.exclude(direction=Direction.SYSTEM)
    last = spoken.order_by("-created_at", "-pk").first()
    inbound = spoken.filter(direction=Direction.INBOUND).order_by("-created_at", "-pk").first()
    theirs = spoken.filter(direction=Direction.INBOUND, leg__is_aside=False).order_by("-created_at", "-pk").first()
    change(
        conversation,
        message_count=spoken.count(),
        preview=excerpt(last.visible_text or last.text, 180) if last else "",
        preview_direction=last.direction if last else "",
        last_activity_at=last.created_at if last else conversation.last_activity_at,
        last_inbound_at=theirs.created_at if theirs else None,
        last_inbound_id=inbound.pk if inbound else 0,
    )
