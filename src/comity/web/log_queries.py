"""What the page Log shows of an event: in words, with names, links and from where it came."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from comity.accounts import queries as accounts
from comity.accounts.browsers import browser_name
from comity.accounts.models import Agent, Scope
from comity.accounts.token_queries import token_names, tokens
from comity.accounts.user import User
from comity.contacts import queries as contacts
from comity.contacts.models import Identity
from comity.conversations import queries as conversations
from comity.conversations.models import Conversation
from comity.events import queries as events
from comity.events.catalogue import event_types
from comity.events.log_queries import See
from comity.events.models import Event, Origin

PAGES = {
    "conversation": "conversation",
    "contact": "contact",
    "company": "company",
    "agent": "settings_person",
    "team": "settings_team",
    "role": "settings_role",
    "inbox": "settings_inbox",
    "webhook": "settings_webhook",
    "job": "job",
}
PEOPLE = ("agent", "contact", "token")  # somebody's own act, at which every chain of causes begins
MOST_CONVERSATIONS = 150


@dataclass(frozen=True)
class Entry:
    """An event in words."""

    event: Event
    label: str
    who: str
    kind: str
    about: str
    link: str
    address: str
    program: str
    session: str

    @property
    def at(self) -> datetime:
        """When it happened."""
        return self.event.at

    @property
    def is_persons(self) -> bool:
        """Did a person or their program do it, rather than Comity by itself?"""
        return self.kind in PEOPLE


def sight_of(user: User) -> See | None:
    """Return what leaves out of the log what is about matters that somebody may not see; None where they see all."""
    if user.scope == Scope.ALL:
        return None
    rules: dict[str, Callable[[list[int]], QuerySet[Any]]] = {
        "conversation": lambda ids: conversations.visible_to(user, with_bin=True).filter(pk__in=ids),
        "contact": lambda ids: contacts.visible_to(user).filter(pk__in=ids),
        "company": lambda ids: contacts.visible_companies(user).filter(pk__in=ids),
    }

    def see(found: list[Event]) -> list[Event]:
        hidden = set()
        for kind, rule in rules.items():
            subjects = {event.subject for event in found if event.subject.startswith(f"{kind}:")}
            numbers = [int(number) for number in (each.partition(":")[2] for each in subjects) if number.isdecimal()]
            seen = rule(numbers).values_list("pk", flat=True) if numbers else ()
            hidden |= subjects - {f"{kind}:{pk}" for pk in seen}
        return [event for event in found if event.subject not in hidden]

    return see


def told(found: Iterable[Event]) -> list[Entry]:
    """Return events in words, with three questions for all of them together."""
    rows = list(found)
    agents = Agent.objects.filter(pk__in=_ids(rows, "agent")).values_list("pk", "name")
    names = {("agent", str(pk)): name for pk, name in agents}
    names |= {("token", str(pk)): name for pk, name in token_names(_ids(rows, "token")).items()}
    origins = events.origins_of(rows)
    return [_entry(row, names, origins.get(row.pk)) for row in rows]


def actors() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return everybody who can be looked for: people, then programs with a token."""
    people = [(f"agent:{agent.pk}", agent.name) for agent in accounts.agents().order_by("name", "pk")]
    programs = [(f"token:{pk}", name) for pk, name in tokens().values_list("pk", "name")]
    return [(_("People"), people), (_("Programs with a token"), programs)]


def kinds() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return every type of event under its heading."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for type in sorted(event_types, key=lambda type: (type.is_inner, type.order, str(type.group))):
        groups.setdefault(str(type.group), []).append((type.name, str(type.label)))
    return list(groups.items())


def subjects_of(contact_ids: Iterable[int]) -> list[str]:
    """Return the subjects of customers and of their latest conversations."""
    ids = list(contact_ids)
    found = Conversation.objects.filter(contact_id__in=ids).order_by("-pk").values_list("pk", flat=True)
    return [f"contact:{pk}" for pk in ids] + [f"conversation:{pk}" for pk in found[:MOST_CONVERSATIONS]]


def contacts_known_by(value: str) -> list[int]:
    """Return who is known by an address or number, as it is compared."""
    return list(Identity.objects.filter(value=value).values_list("contact_id", flat=True).distinct()[:20])


def actor_name(kind: str, actor_id: str) -> str:
    """Return who that is where it has no name of its own."""
    words = {
        "contact": _("Customer %(id)s"),
        "agent": _("Person %(id)s, no longer here"),
        "token": _("Token %(id)s, no longer here"),
        "system": _("Comity (%(id)s)"),
    }
    return words.get(kind, kind + " %(id)s") % {"id": actor_id}


def link_to(subject: str) -> str:
    """Return the page about a subject, or ""."""
    kind, _colon, number = subject.partition(":")
    if kind not in PAGES or not number.isdecimal():
        return ""
    try:
        return reverse(PAGES[kind], args=[int(number)])
    except NoReverseMatch:  # the room may have been taken away
        return ""


def _entry(event: Event, names: dict[tuple[str, str], str], origin: Origin | None) -> Entry:
    known = event_types.get(event.type)
    who = names.get((event.actor_kind, event.actor_id)) or actor_name(event.actor_kind, event.actor_id)
    kind, _colon, number = event.subject.partition(":")
    return Entry(
        event=event,
        label=str(known.label) if known else event.type,
        who=who,
        kind=event.actor_kind,
        about=f"#{number}" if kind == "conversation" else event.subject,
        link=link_to(event.subject),
        address=origin.address if origin else "",
        program=browser_name(origin.program) if origin and origin.program else "",
        session=origin.session if origin else "",
    )


def _ids(rows: Iterable[Event], kind: str) -> set[int]:
    return {int(row.actor_id) for row in rows if row.actor_kind == kind and row.actor_id.isdecimal()}
