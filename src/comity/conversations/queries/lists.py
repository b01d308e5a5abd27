"""The list: views with their counts, and narrow rows made of denormalised columns."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import BigIntegerField, Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from comity.accounts.models import Agent, Team
from comity.core import clock
from comity.core.pages import Page, page
from comity.core.words import Words
from comity.search import queries as search

from ..models import Conversation, ConversationTag, Follower, ReadMark, Status, Watching
from ..models.conversation import TO_DO, UNFINISHED, WAITING
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
    View("waiting", _("Waiting"), "hourglass"),
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
        teams = teams.filter(pk__in=user.team_ids)
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


def rows(
    user: Agent, *, view: str = "open", text: str = "", tag: str = "", after: str | None = None, limit: int = 50
) -> Page[Conversation]:
    """Return a page of the list, newest activity first, each row with `is_unread`, contact, assignee, tags, watchers.

    With a text, the search index answers, within what the view and the person's scope allow.
    """
    chosen = selection(user, view)
    if tag:
        chosen = chosen.filter(Exists(ConversationTag.objects.filter(conversation=OuterRef("pk"), tag__key=tag)))
    if text:
        chosen = chosen.filter(pk__in=search.matching(text, kind="conversation"))
    return page(with_row_facts(chosen, user), by=("-last_activity_at", "-pk"), after=after, limit=limit)


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
    """Return the views with their counts, exact to 999. One query each, over an index, and never the whole table."""
    found = []
    for view in wanted if wanted is not None else [*views(user), *team_views(user)]:
        if view.key in COUNTED or view.key.startswith("team-"):
            count = selection(user, view.key).order_by()[:MOST].values("pk").count()
            hot = view.key == "unassigned" and count > 0
            view = View(view.key, view.label, view.icon, view.hue, count, hot)
        found.append(view)
    return found
