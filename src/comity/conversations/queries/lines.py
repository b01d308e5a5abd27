"""What the lines of a thread say, in the reader's language: made when shown, from what the action kept."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from comity.accounts.models import Agent, Team
from comity.accounts.token_queries import token_names
from comity.conversations.line_kinds import LINE_KINDS
from comity.conversations.models import Conversation, Message, Move, Priority, Status, StatusName, Tag
from comity.core import clock

ICONS = {
    "status": "circle-dot",
    "assigned": "user-round-check",
    "priority": "flag",
    "subject": "pencil",
    "tags": "tag",
    "merged": "git-merge",
    "split": "split",
    "split_from": "split",
    "unmerged": "undo-2",
    "unsplit": "undo-2",
    "follows": "link-2",
    "followed": "link-2",
    "held_back": "undo-2",
}
STATUS_ICONS = {
    Status.RESOLVED: "check",
    Status.SNOOZED: "alarm-clock",
    Status.SPAM: "shield-alert",
    Status.WAITING_CUSTOMER: "clock",
    Status.WAITING_OTHER: "clock",
}


@dataclass(frozen=True)
class Line:
    """What happened, with its glyph; `undo` is the move that can still be undone."""

    icon: str
    words: SafeString
    undo: int | None = None


@dataclass
class Names:
    """How agents, tokens, teams, tags and statuses that the lines mention are called now."""

    agents: dict[int, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    teams: dict[int, str] = field(default_factory=dict)
    tags: dict[int, str] = field(default_factory=dict)
    statuses: dict[int, str] = field(default_factory=dict)
    moves: dict[tuple[str, int, int], int] = field(default_factory=dict)


def lines_of(conversation: Conversation, messages: Iterable[Message]) -> dict[int, Line]:
    """Return the lines among some messages by message id.

    At most six queries and those of other rooms' kinds, however many lines there are.
    """
    systems = [message for message in messages if message.line]
    if not systems:
        return {}
    names, found = _names(conversation, systems), _of_other_rooms(systems)
    return {message.pk: found.get(message.pk) or _line(message, names) for message in systems}


def _of_other_rooms(systems: list[Message]) -> dict[int, Line]:
    found: dict[int, Line] = {}
    for name in {message.line for message in systems}:
        if kind := LINE_KINDS.get(name):
            words = kind.words([message for message in systems if message.line == name])
            found |= {pk: Line(kind.icon, said) for pk, said in words.items()}
    return found


def _line(message: Message, names: Names) -> Line:
    who = _who(message, names)
    words = _WORDS.get(message.line, _unknown)(message, who, names)
    icon = ICONS.get(message.line, "info")
    if message.line == "status":
        icon = STATUS_ICONS.get(Status(message.data["new"]), "circle-dot")
    return Line(icon, words, _undo(message, names))


def _who(message: Message, names: Names) -> SafeString | None:
    if message.author_kind == "token":
        return _bold(names.tokens.get(message.author_name, _("A program")))
    return _bold(message.author_agent.name) if message.author_agent else None


def _undo(message: Message, names: Names) -> int | None:
    here, data = message.conversation_id, message.data
    if message.line == "merged":
        return names.moves.get((Move.Kind.MERGE, data["source"], here))
    if message.line == "split":
        return names.moves.get((Move.Kind.SPLIT, here, data["target"]))
    return None


def _status(message: Message, who: SafeString | None, names: Names) -> SafeString:
    old, new = message.data["old"], message.data["new"]
    if new == Status.SNOOZED:
        return _snoozed(message.data.get("until"), who)
    if old == Status.SNOOZED and not who:
        by_clock = message.author_name == "snooze"
        return SafeString(_("Its time has come: back in the list") if by_clock else _("A reply brought this back"))
    if new == Status.RESOLVED and who:
        return format_html(_("{who} resolved this"), who=who)
    if new == Status.SPAM and who:
        return format_html(_("{who} marked this as spam"), who=who)
    if old == Status.RESOLVED and new == Status.OPEN:
        return format_html(_("{who} reopened this"), who=who) if who else SafeString(_("A message reopened this"))
    called = _bold(names.statuses.get(message.data.get("name") or 0) or str(Status(new).label))
    if who:
        return format_html(_("{who} set the status to {status}"), who=who, status=called)
    return format_html(_("Status: {status}"), status=called)


def _snoozed(until: str | None, who: SafeString | None) -> SafeString:
    if until is None:
        words = (
            _("{who} set this aside until the customer replies") if who else _("Set aside until the customer replies")
        )
        return format_html(words, who=who or "")
    moment = _bold(date_format(timezone.localtime(datetime.fromisoformat(until)), "DATETIME_FORMAT"))
    words = _("{who} set this aside until {moment}") if who else _("Set aside until {moment}")
    return format_html(words, who=who or "", moment=moment)


def _assigned(message: Message, who: SafeString | None, names: Names) -> SafeString:
    new, reason = message.data["new"], message.data.get("reason", "")
    agent, team = new["agent"], new["team"]
    if agent and agent == message.author_agent_id:
        words = {"replied": _("{who} took this by replying"), "began": _("{who} began this")}
        return format_html(words.get(reason, _("{who} took this")), who=who or _bold(_("Somebody")))
    if agent:
        to = _bold(names.agents.get(agent, _("somebody who left")))
    elif team:
        to = format_html(_("the team {team}"), team=_bold(names.teams.get(team, "?")))
    else:
        return (
            format_html(_("{who} put this back for everybody"), who=who) if who else SafeString(_("Nobody owns this"))
        )
    if who:
        return format_html(_("{who} assigned this to {to}"), who=who, to=to)
    return format_html(_("Assigned to {to}"), to=to)


def _priority(message: Message, who: SafeString | None, names: Names) -> SafeString:
    called = _bold(str(Priority(message.data["new"]).label))
    if who:
        return format_html(_("{who} set the priority to {priority}"), who=who, priority=called)
    return format_html(_("Priority: {priority}"), priority=called)


def _subject(message: Message, who: SafeString | None, names: Names) -> SafeString:
    return format_html(_("{who} changed the subject"), who=who) if who else SafeString(_("The subject was changed"))


def _tags(message: Message, who: SafeString | None, names: Names) -> SafeString:
    added, removed = _tag_names(message.data["added"], names), _tag_names(message.data["removed"], names)
    parts = []
    if added:
        parts.append(format_html(_("{who} added {tags}") if who else _("Added {tags}"), who=who or "", tags=added))
    if removed:
        parts.append(
            format_html(_("{who} removed {tags}") if who else _("Removed {tags}"), who=who or "", tags=removed)
        )
    return format_html_join(" · ", "{}", ((part,) for part in parts))


def _tag_names(ids: list[int], names: Names) -> SafeString:
    return format_html_join(", ", "{}", ((_bold(names.tags.get(pk, "?")),) for pk in ids))


def _merged(message: Message, who: SafeString | None, names: Names) -> SafeString:
    number = _bold(f"#{message.data['source']}")
    if who:
        return format_html(_("{who} merged {number} into this"), who=who, number=number)
    return format_html(_("{number} was merged into this"), number=number)


def _split(message: Message, who: SafeString | None, names: Names) -> SafeString:
    count = message.data["count"]
    words = ngettext("{who} moved a message to {number}", "{who} moved {count} messages to {number}", count)
    return format_html(words, who=who or _bold(_("Somebody")), count=count, number=_number(message.data["target"]))


def _split_from(message: Message, who: SafeString | None, names: Names) -> SafeString:
    number = _number(message.data["source"])
    return format_html(_("{who} split this off {number}"), who=who or _bold(_("Somebody")), number=number)


def _unmerged(message: Message, who: SafeString | None, names: Names) -> SafeString:
    number = _number(message.data["other"])
    return format_html(_("{who} undid the merge with {number}"), who=who or _bold(_("Somebody")), number=number)


def _unsplit(message: Message, who: SafeString | None, names: Names) -> SafeString:
    number = _bold(f"#{message.data['other']}")
    return format_html(_("{who} undid the split into {number}"), who=who or _bold(_("Somebody")), number=number)


def _follows(message: Message, who: SafeString | None, names: Names) -> SafeString:
    number = _number(message.data["of"])
    if message.data.get("because") == "late":
        return format_html(_("A reply to {number}, which was settled long before"), number=number)
    return format_html(_("Somebody new wrote to {number}, so this is kept apart"), number=number)


def _followed(message: Message, who: SafeString | None, names: Names) -> SafeString:
    number = _number(message.data["with_"])
    if message.data.get("because") == "late":
        return format_html(_("A late reply opened {number}"), number=number)
    return format_html(_("Somebody who does not take part wrote here; their message is in {number}"), number=number)


def _held_back(message: Message, who: SafeString | None, names: Names) -> SafeString:
    author = _bold(names.agents.get(message.data["author"], _("Somebody")))
    words = _("What {author} was going to send later was held back, since the customer wrote")
    return format_html(words, author=author)


def _unknown(message: Message, who: SafeString | None, names: Names) -> SafeString:
    return format_html("{}", message.line.replace("_", " "))


def _bold(text: str) -> SafeString:
    return format_html("<b><bdi>{}</bdi></b>", text)


def _number(conversation_id: int) -> SafeString:
    return format_html(
        '<a class="link" href="{}">#{}</a>', reverse("conversation", args=[conversation_id]), conversation_id
    )


_WORDS = {
    "status": _status,
    "assigned": _assigned,
    "priority": _priority,
    "subject": _subject,
    "tags": _tags,
    "merged": _merged,
    "split": _split,
    "split_from": _split_from,
    "unmerged": _unmerged,
    "unsplit": _unsplit,
    "follows": _follows,
    "followed": _followed,
    "held_back": _held_back,
}


def _names(conversation: Conversation, systems: list[Message]) -> Names:
    wanted: dict[str, set[int]] = {"agents": set(), "teams": set(), "tags": set(), "statuses": set()}
    for message in systems:
        _collect(message, wanted)
    names = Names()
    near = [*(message.author_agent for message in systems), conversation.assignee]
    names.agents = {agent.pk: agent.name for agent in near if agent}
    names.teams = {conversation.team.pk: conversation.team.name} if conversation.team else {}
    if further := wanted["agents"] - set(names.agents):
        names.agents |= dict(Agent.objects.filter(pk__in=further).values_list("pk", "name"))
    if programs := {message.author_name for message in systems if message.author_kind == "token"}:
        names.tokens = {str(pk): name for pk, name in token_names(int(pk) for pk in programs).items()}
    if further := wanted["teams"] - set(names.teams):
        names.teams |= dict(Team.objects.filter(pk__in=further).values_list("pk", "name"))
    if wanted["tags"]:
        names.tags = dict(Tag.objects.filter(pk__in=wanted["tags"]).values_list("pk", "name"))
    if wanted["statuses"]:
        names.statuses = dict(StatusName.objects.filter(pk__in=wanted["statuses"]).values_list("pk", "name"))
    if any(message.line in ("merged", "split") for message in systems):
        names.moves = _moves(conversation)
    return names


def _collect(message: Message, wanted: dict[str, set[int]]) -> None:
    data: dict[str, Any] = message.data
    if message.line == "assigned":
        wanted["agents"] |= {data["new"]["agent"]} - {None}
        wanted["teams"] |= {data["new"]["team"]} - {None}
    elif message.line == "held_back":
        wanted["agents"].add(data["author"])
    elif message.line == "tags":
        wanted["tags"] |= {*data["added"], *data["removed"]}
    elif message.line == "status" and data.get("name"):
        wanted["statuses"].add(data["name"])


def _moves(conversation: Conversation) -> dict[tuple[str, int, int], int]:
    fresh = Move.objects.filter(Q(source=conversation) | Q(target=conversation), undone_at=None)
    rows = fresh.filter(made_at__gt=clock.now() - Move.UNDO_FOR).values_list("kind", "source_id", "target_id", "pk")
    return {(kind, source, target): pk for kind, source, target, pk in rows}
