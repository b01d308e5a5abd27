"""The list: views with their counts, and narrow rows made of denormalised columns."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BigIntegerField, Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from comity.accounts.models import Agent, Team
from comity.conversations.models import Conversation, ConversationTag, Follower, ReadMark, Status, Tag, Watching
from comity.core import clock
from comity.core.asking import Asked, Gathered, Given
from comity.core.pages import Page, page, page_of
from comity.core.text import fold, whole_number
from comity.core.words import Words
from comity.search import queries as search

from .visibility import Looking, target_of, visible_to

SETTLED = (Status.RESOLVED, Status.SPAM)
TO_DO, WAITING, ACTIVE = "to_do", "waiting", "active"  # stages, and a phase
NEWEST = ("-last_activity_at", "-pk")
MOST = 1000  # counts are exact below; above, the page says 999+
_OWN = [column.attname for column in Conversation._meta.concrete_fields]


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


def team_views(user: Agent, teams: Iterable[Team] | None = None) -> list[View]:
    """Return a view for each team whose conversations this person may see. All teams may be known already."""
    if teams is None:
        teams = Team.objects.order_by("name")
    if user.scope != "all":
        teams = [team for team in teams if team.pk in user.team_ids]
    return [View(f"team-{team.pk}", team.name, "", hue=team.hue) for team in teams]


def selection(user: Agent, key: str) -> QuerySet[Conversation]:
    """Return the visible conversations of a view; an unknown key is "open"."""
    rows = visible_to(user, with_bin=key == "bin")
    if key == "bin":
        return rows.filter(deleted_at__isnull=False)
    if key.startswith("team-") and (team_id := whole_number(key[5:])):
        return rows.filter(team_id=team_id, stage=TO_DO)
    mentioned = Follower.objects.filter(agent=user, mentioned_at__isnull=False).values("conversation")
    chosen = {
        "mine": Q(assignee=user, phase=ACTIVE),
        "unassigned": Q(assignee=None, stage=TO_DO),
        "mentions": Q(pk__in=mentioned, resolved_at=None) & ~Q(status=Status.SPAM),
        "waiting": Q(stage=WAITING),
        "snoozed": Q(stage=Status.SNOOZED),
        "resolved": Q(stage=Status.RESOLVED),
        "spam": Q(stage=Status.SPAM),
        "all": Q(),
    }
    return rows.filter(chosen.get(key, Q(stage=TO_DO)))


def in_view(user: Agent, *, view: str = "open", text: str = "", tag: str = "") -> QuerySet[Conversation]:
    """Return what a list shows: a view, perhaps with a tag, perhaps with what the search index finds for a text."""
    chosen = selection(user, view)
    if tag:
        chosen = chosen.filter(Exists(ConversationTag.objects.filter(conversation=OuterRef("pk"), tag__key=tag)))
    if number := number_in(text):
        chosen = chosen.filter(pk=number)
    elif text:
        chosen = chosen.filter(pk__in=search.matching(text, kind="conversation"))
    return chosen


def rows(
    user: Agent, *, view: str = "open", text: str = "", tag: str = "", after: str | None = None, limit: int = 50
) -> Page[Conversation]:
    """Return a page of the list, newest activity first, each row with what `with_row_facts` adds."""
    if not (text or tag or after):
        found = _newest(Looking.by(user), view, limit)(now=clock.now())
        return page_of(found, by=NEWEST, limit=limit)
    chosen = with_row_facts(_listed(user, view=view, text=text, tag=tag), user)
    return page(chosen, by=NEWEST, after=after, limit=limit)


def some_rows(
    user: Agent, ids: Iterable[int], *, view: str = "open", text: str = "", tag: str = ""
) -> list[Conversation]:
    """Return those of some conversations that stand in a list, each row as the list shows it now."""
    return list(with_row_facts(_listed(user, view=view, text=text, tag=tag).filter(pk__in=ids), user))


def view_of(user: Agent, key: str) -> View:
    """Return the view of that name; "open" for one that this person does not have."""
    known = {view.key: view for view in views(user)}
    if key.startswith("team-"):
        known |= {view.key: view for view in team_views(user)}
    return known.get(key) or known["open"]


def known_tags(text: str = "", *, limit: int = 50) -> list[Tag]:
    """Return the tags whose name contains a text."""
    return list(Tag.objects.filter(key__contains=fold(text))[:limit])


def _listed(user: Agent, *, view: str, text: str, tag: str) -> QuerySet[Conversation]:
    """Return what stands in a list; a number finds its conversation wherever it is, also where it was merged into."""
    if number := number_in(text):
        return visible_to(user, with_bin=True).filter(pk=target_of(number) or number)
    return in_view(user, view=view, text=text, tag=tag)


def number_in(text: str) -> int | None:
    """Return the conversation's number where a text is one, such as #1042."""
    text = text.strip()
    return whole_number(text[1:]) if text.startswith("#") else None


@lru_cache(512)
def _newest(looking: Looking, view: str, limit: int) -> Asked[Conversation]:
    chosen = selection(looking.user, view).order_by(*NEWEST)
    return Asked(lambda: with_row_facts(chosen, looking.user, now=Given("now"))[: limit + 1])


def with_row_facts(chosen: QuerySet[Conversation], user: Agent, *, now: Any = None) -> QuerySet[Conversation]:
    """Add what a row shows, in the same query."""
    mark = ReadMark.objects.filter(conversation=OuterRef("pk"), agent=user).values("message_id")[:1]
    # What is settled was read by whoever settled it: without a mark of one's own it waits for nobody.
    unmarked = Case(When(stage__in=SETTLED, then=F("last_inbound_id")), default=Value(0))
    read_to = Coalesce(Subquery(mark), unmarked, output_field=BigIntegerField())
    writing = Watching.objects.filter(conversation=OuterRef("pk"), is_writing=True, until__gt=now or clock.now())
    tags = ConversationTag.objects.filter(conversation=OuterRef("pk"))
    return (
        chosen.select_related("contact", "assignee", "status_name")
        .only(*_OWN, "contact__name", "assignee__name", "status_name__name")
        .annotate(shown_tags=Gathered(tags.values_list("tag__key", "tag__name", "tag__hue")))
        .annotate(writing=Subquery(writing.exclude(agent=user).order_by("pk").values("agent__name")[:1]))
        .annotate(read_to=read_to)
        .annotate(is_unread=Q(last_inbound_id__gt=F("read_to")))
    )


def counts(user: Agent, wanted: Iterable[View] | None = None) -> list[View]:
    """Return the views with their counts, exact to 999: one query for all, each part over an index."""
    all_views = list(wanted) if wanted is not None else [*views(user), *team_views(user)]
    keys = tuple(view.key for view in all_views if view.key in COUNTED or view.key.startswith("team-"))
    numbers = dict(zip(keys, _count_each(user, keys), strict=True))
    return [
        replace(view, count=numbers.get(view.key, 0), is_hot=view.key == "unassigned" and numbers[view.key] > 0)
        for view in all_views
    ]


def _count_each(user: Agent, keys: tuple[str, ...]) -> list[int]:
    """Count several views in one round trip."""
    if not keys:
        return []
    sql, values = _counting(Looking.by(user), keys)
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [int(number) for number in cursor.fetchone()]


@lru_cache(512)
def _counting(looking: Looking, keys: tuple[str, ...]) -> tuple[str, tuple[Any, ...]]:
    """Return the statement that counts, with its values: writing it takes ten times as long as running it."""
    parts: list[str] = []
    values: list[Any] = []
    for key in keys:
        chosen = selection(looking.user, key).order_by().values_list("pk", flat=True)[:MOST]
        try:
            sql, parameters = chosen.query.get_compiler(connection=connection).as_sql()
        except EmptyResultSet:
            parts.append("0")
            continue
        parts.append(f"(SELECT COUNT(*) FROM ({sql}) AS counted)")
        values.extend(parameters)
    return f"SELECT {', '.join(parts)}", tuple(values)
