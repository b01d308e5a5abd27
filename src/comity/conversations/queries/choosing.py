"""What a program asks for: conversations by their columns, messages with all that is shown of them."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from comity.accounts.token_queries import token_names
from comity.accounts.user import User
from comity.conversations.models import Conversation, ConversationTag, Message, MessageRecipient
from comity.core.asking import Asked, Given
from comity.core.pages import Page, page
from comity.core.rows import find_rows
from comity.core.text import fold
from comity.files import queries as files
from comity.files.models import Reference
from comity.search import queries as search

from .lines import Line, lines_of
from .thread import WITH, messages_of
from .visibility import visible_to

SHOWN = ("contact", "assignee", "team", "status_name")

_one = Asked(
    lambda: Message.objects.filter(conversation=Given("conversation"), pk=Given("message")).select_related(*WITH)
)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which conversations; None is any. In `columns` stand columns with the value that they must have."""

    columns: dict[str, str | int | None] = field(default_factory=dict)
    tag: str | None = None
    text: str | None = None
    in_bin: bool = False


@dataclass(frozen=True, kw_only=True)
class Told:
    """A message with whom it reached, its files, what its line says, and the program that wrote it."""

    message: Message
    recipients: list[MessageRecipient]
    files: list[Reference]
    line: Line | None
    program: str


def chosen(user: User, wanted: Wanted, *, after: str | None, limit: int) -> Page[Conversation]:
    """Return a page of the visible conversations, newest activity first, as `told` has them: three queries."""
    rows = visible_to(user, with_bin=wanted.in_bin).filter(**wanted.columns)
    if wanted.in_bin:
        rows = rows.filter(deleted_at__isnull=False)
    if wanted.tag is not None:
        tagged = ConversationTag.objects.filter(conversation=OuterRef("pk"), tag__key=fold(wanted.tag.strip()))
        rows = rows.filter(Exists(tagged))
    if wanted.text:
        rows = rows.filter(pk__in=search.matching(wanted.text, kind="conversation"))
    return page(_with_names(rows), by=("-last_activity_at", "-pk"), after=after, limit=limit)


def shown(conversation_id: int) -> Conversation:
    """Return one conversation with the names that an answer has, whoever may see it now."""
    return _with_names(Conversation.objects.all()).get(pk=conversation_id)


def told(conversation: Conversation, *, after: str | None, limit: int) -> tuple[list[Told], str | None]:
    """Return a page of the messages, oldest first, with the cursor of the next, in a bounded number of queries."""
    rows = messages_of(conversation).prefetch_related(None)  # `tell` asks for recipients
    found = page(rows, by=("created_at", "pk"), after=after, limit=limit)
    return tell(conversation, found.items), found.next


def told_one(conversation: Conversation, message_id: int) -> Told:
    """Return one message of a conversation as `told` has it. Raises IndexError where there is none."""
    message = _one(conversation=conversation.pk, message=message_id)[0]
    message.conversation = conversation
    return tell(conversation, [message])[0]


def tell(conversation: Conversation, messages: list[Message]) -> list[Told]:
    """Return messages with all that is told of them."""
    numbers = [message.pk for message in messages]
    attached, reached = files.of_owners("message", numbers), defaultdict[int, list[MessageRecipient]](list)
    for one in find_rows(MessageRecipient, message_id=numbers) if numbers else []:
        reached[one.message_id].append(one)
    lines = lines_of(conversation, messages)
    programs = token_names({pk for message in messages if (pk := program_of(message))})
    return [
        Told(
            message=message,
            recipients=reached[message.pk],
            files=attached.get(str(message.pk), []),
            line=lines.get(message.pk),
            program=programs.get(program_of(message), ""),
        )
        for message in messages
    ]


def program_of(message: Message) -> int:
    """Return the id of the token that wrote a message or a line; 0 when it was no program."""
    if message.author_kind != "token":
        return 0
    return int(message.data.get("token") or (message.author_name if message.line else 0))


def _with_names(rows: QuerySet[Conversation]) -> QuerySet[Conversation]:
    tags = ConversationTag.objects.select_related("tag").order_by("tag__key")
    return rows.select_related(*SHOWN).prefetch_related(Prefetch("tag_links", tags))
