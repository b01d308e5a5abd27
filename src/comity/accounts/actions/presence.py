"""Who is there: online, away, offline. By what people choose, and by how long they have been quiet."""

from datetime import timedelta

from django.db import transaction

from comity.accounts.models import Agent, Presence
from comity.accounts.options import PresenceOptions, load
from comity.core import clock
from comity.core.actor import Actor, system
from comity.events.live import signal
from comity.events.log import cancel_timer, record, set_timer

TICK = timedelta(minutes=1)
QUIET = "agent.fell_quiet"


def seen(*, agent: Agent) -> bool:
    """Note that somebody did something, at most once a minute; who was away by quiet alone is back. True if written."""
    now = clock.now()
    quiet_since = agent.last_seen_at
    if quiet_since and timedelta(0) <= now - quiet_since < TICK:
        return False
    _note(agent)
    return True


@transaction.atomic
def arrive(*, agent: Agent) -> None:
    """Somebody signed in: what they chose the last time no longer holds."""
    agent = _locked(agent)
    agent.chosen_presence = ""
    agent.save(update_fields=["chosen_presence"])
    _note(agent)


@transaction.atomic
def choose(*, agent: Agent, presence: str, by: Actor) -> Agent:
    """Say whether one is there. Away and offline hold until something else is chosen, whatever one does."""
    agent = _locked(agent)
    agent.chosen_presence = "" if presence == Presence.ONLINE else presence
    agent.save(update_fields=["chosen_presence"])
    if presence == Presence.OFFLINE:
        cancel_timer(QUIET, subject=agent.stream)
    else:
        _note(agent)
    _become(agent, presence, by=by)
    return agent


@transaction.atomic
def fall_quiet(*, agent: Agent, by: Actor) -> Agent:
    """Become away, later offline, if nothing was heard for long enough; safe to call at any time."""
    agent = _locked(agent)
    if agent.presence == Presence.OFFLINE:
        return agent
    options = load(PresenceOptions)
    quiet = clock.now() - (agent.last_seen_at or agent.presence_since)
    if quiet >= options.offline_after:
        _become(agent, Presence.OFFLINE, by=by)
        return agent
    if quiet >= options.away_after:
        _become(agent, Presence.AWAY, by=by)
    next_step = options.offline_after if quiet >= options.away_after else options.away_after
    set_timer(QUIET, subject=agent.stream, at=clock.now() - quiet + next_step, by=system("presence"))
    return agent


@transaction.atomic
def _note(agent: Agent) -> None:
    now = clock.now()
    agent.last_seen_at = now  # on the caller's instance too, so that one request writes once
    agent = _locked(agent)
    agent.last_seen_at = now
    agent.save(update_fields=["last_seen_at"])
    if agent.chosen_presence == Presence.OFFLINE:
        return
    set_timer(QUIET, subject=agent.stream, at=now + load(PresenceOptions).away_after, by=system("presence"))
    _become(agent, agent.chosen_presence or Presence.ONLINE, by=agent.actor)


def _become(agent: Agent, presence: str, *, by: Actor) -> None:
    if agent.presence == presence:
        return
    agent.presence, agent.presence_since = presence, clock.now()
    agent.save(update_fields=["presence", "presence_since"])
    record(f"agent.went_{presence}", subject=agent.stream, by=by)
    signal(f"presence:{agent.pk}", presence)  # a subject of its own, which every agent may hear


def _locked(agent: Agent) -> Agent:
    return Agent.objects.select_for_update(of=("self",)).select_related("role").get(pk=agent.pk)
