"""The list: views with their counts, and narrow rows made of denormalised columns."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BigIntegerField, Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from comity.accounts.models import Agent, Team
from comity.conversations.models import Conversation, ConversationTag, Follower, ReadMark, Status, Tag, Watching
from comity.conversations.models.conversation import TO_DO, UNFINISHED, WAITING
from comity.core import clock
from comity.core.pages import Page, page
from comity.core.text import fold
from comity.core.words import Words
from comity.search import queries as search

from .visibility import visible_to

MOST = 1000  # counts are exact below; above, the page says 999+


@dataclass(frozen=True)
class View:
    """A named selection of conversations. `key` is how the address names it."""

    key: str
    label: Words
    icon: str
    hue: int | None = None
    count: int = 0
    is_hot: bool = False

    @property
    def shown_count(self) -> str:
        """The count as people read it."""
        return "999+" if self.count >= MOST else str(self.count)


VIEWS = (
    View("mine", _("Assigned to me"), "inbox"),
    View("unassigned", _("Unassigned"), "hand"),
    View("mentions", _("Mentions"), "at-sign"),
    View("open", _("All open"), "layers"),
    View("waiting", _("Waiting"), "clock"),
    View("snoozed", _("Snoozed"), "alarm-clock"),
    View("resolved", _("Resolved"), "check"),
    View("all", _("Everything"), "archive"),
    View("spam", _("Spam"), "shield-alert"),
    View("bin", _("Bin"), "trash-2"),
)
COUNTED = ("mine", "unassigned", "mentions", "open", "waiting", "snoozed")


def views(user: Agent) -> list[View]:
    """Return the views that make sense for this person, without counts."""
    return [view for view in VIEWS if view.key != "bin" or user.may("conversations.delete")]


def team_views(user: Agent) -> list[View]:
    """Return a view for each team whose conversations this person may see."""
    teams = Team.objects.order_by("name")
    if user.scope != "all":
        teams = teams.filter(memberships__agent=user)
        user.team_ids = frozenset(team.pk for team in teams)  # the same rows, so the scope needs no query of its own
    return [View(f"team-{team.pk}", team.name, "", hue=team.hue) for team in teams]


def selection(user: Agent, key: str) -> QuerySet[Conversation]:
    """Return the visible conversations of a view; an unknown key is "open"."""
    rows = visible_to(user, with_bin=key == "bin")
    if key == "bin":
        return rows.filter(deleted_at__isnull=False)
    if key.startswith("team-") and key[5:].isdigit():
        return rows.filter(team_id=int(key[5:]), status__in=TO_DO)
    mentioned = Follower.objects.filter(agent=user, conversation=OuterRef("pk"), mentioned_at__isnull=False)
    chosen = {
        "mine": Q(assignee=user, status__in=UNFINISHED) & ~Q(status=Status.SNOOZED),
        "unassigned": Q(assignee=None, status__in=TO_DO),
        "mentions": Q(Exists(mentioned)) & Q(status__in=UNFINISHED),
        "waiting": Q(status__in=WAITING),
        "snoozed": Q(status=Status.SNOOZED),
        "resolved": Q(status=Status.RESOLVED),
        "spam": Q(status=Status.SPAM),
        "all": Q(),
    }
    return rows.filter(chosen.get(key, Q(status__in=TO_DO)))


def in_view(user: Agent, *, view: str = "open", text: str = "", tag: str = "") -> QuerySet[Conversation]:
    """Return what a list shows: a view, perhaps with a tag, perhaps with what the search index finds for a text."""
    chosen = selection(user, view)
    if tag:
        chosen = chosen.filter(Exists(ConversationTag.objects.filter(conversation=OuterRef("pk"), tag__key=tag)))
    if number := _number(text):
        chosen = chosen.filter(pk=number)
    elif text:
        chosen = chosen.filter(pk__in=search.matching(text, kind="conversation"))
    return chosen


def rows(
    user: Agent, *, view: str = "open", text: str = "", tag: str = "", after: str | None = None, limit: int = 50
) -> Page[Conversation]:
    """Return a page of the list, newest activity first, each row with what `with_row_facts` adds."""
    chosen = with_row_facts(in_view(user, view=view, text=text, tag=tag), user)
    return page(chosen, by=("-last_activity_at", "-pk"), after=after, limit=limit)


def row(user: Agent, conversation_id: int, *, view: str = "open", text: str = "", tag: str = "") -> Conversation | None:
    """Return one row as the list shows it now, or None when it does not stand in that list."""
    chosen = in_view(user, view=view, text=text, tag=tag).filter(pk=conversation_id)
    return with_row_facts(chosen, user).first()


def view_of(user: Agent, key: str) -> View:
    """Return the view of that name; "open" for one that this person does not have."""
    known = {view.key: view for view in views(user)}
    if key.startswith("team-"):
        known |= {view.key: view for view in team_views(user)}
    return known.get(key) or known["open"]


def known_tags(text: str = "", *, limit: int = 50) -> list[Tag]:
    """Return the tags whose name contains a text."""
    return list(Tag.objects.filter(key__contains=fold(text))[:limit])


def _number(text: str) -> int | None:
    """Return the conversation's number where a text is one, such as #1042."""
    digits = text.strip().removeprefix("#")
    return int(digits) if text.strip().startswith("#") and digits.isdecimal() and len(digits) < 18 else None


def with_row_facts(chosen: QuerySet[Conversation], user: Agent) -> QuerySet[Conversation]:
    """Add what a row shows: two more queries for the whole page, whatever its length."""
    mark = ReadMark.objects.filter(conversation=OuterRef("pk"), agent=user).values("message_id")[:1]
    read_to = Coalesce(Subquery(mark), Value(0), output_field=BigIntegerField())
    watching = Watching.objects.filter(until__gt=clock.now()).exclude(agent=user).select_related("agent")
    return (
        chosen.select_related("contact", "assignee", "status_name")
        .prefetch_related(Prefetch("tag_links", ConversationTag.objects.select_related("tag").order_by("tag__key")))
        .prefetch_related(Prefetch("watching", watching))
        .annotate(read_to=read_to)
        .annotate(is_unread=Q(last_inbound_id__gt=F("read_to")))
    )


def counts(user: Agent, wanted: Iterable[View] | None = None) -> list[View]:
    """Return the views with their counts, exact to 999: one query for all, each part over an index."""
    all_views = list(wanted) if wanted is not None else [*views(user), *team_views(user)]
    counted = [view for view in all_views if view.key in COUNTED or view.key.startswith("team-")]
    numbers = dict(
        zip((view.key for view in counted), _count_each([_ids(user, view) for view in counted]), strict=True)
    )
    return [
        replace(view, count=numbers.get(view.key, 0), is_hot=view.key == "unassigned" and numbers[view.key] > 0)
        for view in all_views
    ]


def _ids(user: Agent, view: View) -> QuerySet[Conversation, int]:
    return selection(user, view.key).order_by().values_list("pk", flat=True)[:MOST]


def _count_each(selections: list[QuerySet[Conversation, int]]) -> list[int]:
    """Count several selections in one round trip."""
    parts: list[str] = []
    values: list[Any] = []
    for chosen in selections:
        try:
            sql, parameters = chosen.query.get_compiler(connection=connection).as_sql()
        except EmptyResultSet:
            parts.append("0")
            continue
        parts.append(f"(SELECT COUNT(*) FROM ({sql}) AS counted)")
        values.extend(parameters)
    if not parts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", values)
        return [int(number) for number in cursor.fetchone()]
