"""The thread of a conversation: its messages in windows, oldest first, with all that is shown beside them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import CharField, Exists, OuterRef, Prefetch, QuerySet
from django.db.models.functions import Cast
from django.utils.timezone import localdate

from comity.conversations.channel import facts
from comity.conversations.models import Conversation, Direction, Message, MessageRecipient, MessageState, Participant
from comity.core.asking import Asked, Given
from comity.files import queries as files
from comity.files.models import Reference

from .lines import Line, lines_of

WINDOW = 40
MOST_AT_ONCE = 200
ARRIVED = (MessageState.SENT, MessageState.DELIVERED, MessageState.READ)
WITH = ("author_agent", "author_identity__contact", "inbox", "leg")
# All that is read of those whom the newest messages point at: many messages point at the same few.
READ = (
    *("author_agent__name", "author_identity__shown", "author_identity__contact__name"),
    *("inbox__name", "inbox__address", "inbox__channel", "inbox__is_demo", "leg__is_aside"),
)


@dataclass(frozen=True)
class Shown:
    """A message as it stands in the thread. `line` is what a system line says; aside, the customer never sees it."""

    message: Message
    recipients: list[MessageRecipient] = field(default_factory=list)
    files: list[Reference] = field(default_factory=list)
    line: Line | None = None
    is_letter: bool = False
    is_stranger: bool = False
    is_aside: bool = False


@dataclass
class Block:
    """A piece of the thread: a day rule, some system lines, or what was said on one leg.

    `begins` is the message with which a channel begins; None where the leg above goes on.
    """

    kind: str
    day: datetime | None = None
    begins: Message | None = None
    shown: list[Shown] = field(default_factory=list)


@dataclass(frozen=True)
class Thread:
    """A window of a conversation: `earlier` is the id to ask for older messages with, or None at the beginning."""

    blocks: list[Block]
    earlier: int | None
    newest: int

    @property
    def shown(self) -> list[Shown]:
        """Every message of the window."""
        return [shown for block in self.blocks for shown in block.shown]


def messages_of(conversation: Conversation) -> QuerySet[Message]:
    """Return the messages with author, inbox and recipients, oldest first."""
    return conversation.messages.select_related(*WITH).prefetch_related(_in_order()).order_by("created_at", "pk")


def said_with_customer(conversation: Conversation) -> QuerySet[Message]:
    """Return what was said between the customer and us, oldest first: no notes, nothing from or to third parties."""
    public = [Direction.INBOUND, Direction.OUTBOUND]
    return messages_of(conversation).filter(direction__in=public, leg__is_aside=False)


_window = Message.objects.filter(conversation=Given("conversation")).order_by("-created_at", "-pk")
_files = Reference.objects.filter(owner_kind="message", owner_id=Cast(OuterRef("pk"), CharField()))
_own = [column.attname for column in Message._meta.concrete_fields]
_newest: Asked[Any] = Asked(
    lambda: _window.annotate(has_files=Exists(_files)).select_related(*WITH).only(*_own, *READ)[: WINDOW + 1]
)
_reached = Asked(lambda: MessageRecipient.objects.filter(message__in=_window.values("pk")[: WINDOW + 1]).order_by("pk"))


def thread(
    conversation: Conversation,
    *,
    before: int | None = None,
    after: int | None = None,
    people: Iterable[Participant] | None = None,
) -> Thread:
    """Return the newest window; with `before`, the one above that message; with `after`, all that came later.

    `people` are those who take part, where they are known already.
    """
    if after is not None:
        found = list(messages_of(conversation).filter(pk__gt=after)[:MOST_AT_ONCE])
        newest = max((message.pk for message in found), default=after)
        day, leg = _above(conversation, after) if found else (None, None)
        return Thread(_blocks(_shown(conversation, found), day, leg), None, newest)
    if before is not None:
        above = messages_of(conversation).filter(pk__lt=before)
        found = list(above.order_by("-created_at", "-pk")[: WINDOW + 1])
    else:
        found = _newest_messages(conversation)
    more = len(found) > WINDOW
    found = sorted(found[:WINDOW], key=lambda message: (message.created_at, message.pk))
    newest = max((message.pk for message in found), default=0)
    return Thread(_blocks(_shown(conversation, found, people), None, None), found[0].pk if more else None, newest)


def one_shown(message: Message) -> Shown:
    """Return one message as it stands in the thread, for a part of it that is drawn anew."""
    is_letter = message.is_public and message.inbox is not None and facts(message.inbox.channel).subject
    return Shown(message, _recipients(message), is_letter=is_letter, is_aside=_is_aside(message))


def still_there(conversation: Conversation, shown: Mapping[int, str]) -> tuple[set[int], list[Message]]:
    """Return which of some messages on a page still stand in this conversation, by id, and what of ours got farther.

    `shown` is the state that the page gives of each. What is still on its way, or had trouble, is always among them.
    """
    rows = conversation.messages.filter(pk__in=list(shown))
    found = list(rows.values_list("pk", "direction", "state"))
    ours = {pk: state for pk, direction, state in found if direction == Direction.OUTBOUND}
    troubled = MessageRecipient.objects.filter(message__in=list(ours)).exclude(error="")
    told = {pk for pk, state in ours.items() if state != shown[pk] or state not in ARRIVED}
    told.update(troubled.values_list("message", flat=True))
    moved_on = rows.filter(pk__in=told).select_related("author_agent", "inbox", "leg") if told else rows.none()
    return {pk for pk, _direction, _state in found}, list(moved_on.prefetch_related(_in_order()).order_by("pk"))


def newest_message_id(conversation: Conversation) -> int:
    """Return the id of the last message that somebody wrote; the composer sends it along, so nothing is overlooked."""
    last = conversation.messages.exclude(direction=Direction.SYSTEM).order_by("-pk").values_list("pk", flat=True)
    return last.first() or 0


def _in_order() -> "Prefetch[Any]":
    return Prefetch("recipients", MessageRecipient.objects.order_by("pk"))


def _above(conversation: Conversation, after: int) -> tuple[date | None, int | None]:
    """On which day and leg the thread ends that is on the page already."""
    earlier = conversation.messages.filter(pk__lte=after).order_by("-created_at", "-pk")
    last = list(earlier.values_list("created_at", "leg")[:WINDOW])
    return (localdate(last[0][0]) if last else None), next((leg for _at, leg in last if leg), None)


def _newest_messages(conversation: Conversation) -> list[Message]:
    found: list[Any] = _newest(conversation=conversation.pk)
    reached: dict[int, list[MessageRecipient]] = {message.pk: [] for message in found}
    for who in _reached(conversation=conversation.pk):
        reached.setdefault(who.message_id, []).append(who)
    for message in found:
        message.conversation = conversation
        message.reached = reached[message.pk]
    return found


def _recipients(message: Any) -> list[MessageRecipient]:
    return message.reached if hasattr(message, "reached") else list(message.recipients.all())


def _shown(
    conversation: Conversation, messages: list[Message], people: Iterable[Participant] | None = None
) -> list[Shown]:
    with_files = [message.pk for message in messages if getattr(message, "has_files", True)]
    attached = files.of_owners("message", with_files) if with_files else {}
    lines = lines_of(conversation, messages)
    strangers = _strangers(conversation, messages, people)
    channels = {message.inbox.channel for message in messages if message.inbox}
    by_mail = {channel for channel in channels if facts(channel).subject}
    return [
        Shown(
            message,
            _recipients(message),
            attached.get(str(message.pk), []),
            lines.get(message.pk),
            message.is_public and message.inbox is not None and message.inbox.channel in by_mail,
            message.author_identity_id in strangers,
            _is_aside(message),
        )
        for message in messages
    ]


def _is_aside(message: Message) -> bool:
    return message.leg is not None and message.leg.is_aside


def _strangers(conversation: Conversation, messages: list[Message], people: Iterable[Participant] | None) -> set[int]:
    if people is not None:
        return {one.identity_id for one in people if one.role == Participant.Role.STRANGER}
    if not any(message.direction == Direction.INBOUND for message in messages):
        return set()
    joined = conversation.participants.filter(role=Participant.Role.STRANGER)
    return set(joined.values_list("identity_id", flat=True))


def _blocks(shown: list[Shown], day: date | None, leg: int | None) -> list[Block]:
    """Put messages under their day and their channel; a channel is named anew each day."""
    blocks: list[Block] = []
    for one in shown:
        message = one.message
        today = localdate(message.created_at)
        if today != day:
            blocks.append(Block("day", day=message.created_at))
            day, leg = today, None
        if one.line:
            _last(blocks, "lines").shown.append(one)
            continue
        if message.leg_id and message.leg_id != leg:
            leg = message.leg_id
            blocks.append(Block("leg", begins=message))
        _last(blocks, "leg").shown.append(one)
    return blocks


def _last(blocks: list[Block], kind: str) -> Block:
    if not blocks or blocks[-1].kind != kind:
        blocks.append(Block(kind))
    return blocks[-1]
