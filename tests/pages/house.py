"""A house full of life, made through the actions: people, customers, conversations in every state.

`python -c "from tests.pages import house; house.fill()"` fills the data folder that COMITY_DATA names, while no program
runs on it, and leaves `house.json` there: the ids and addresses that the list of pages needs.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.db import models, transaction

from comity.accounts import stretches
from comity.accounts.actions import (
    hours,
    invitations,
    links,
    organisation,
    people,
    presence,
    roles,
    start,
    teams,
    tokens,
)
from comity.accounts.actions.settings import save
from comity.accounts.models import Agent, Brand, Role, SignInLink, Skill
from comity.accounts.registry import groups
from comity.channels import actions as channels
from comity.contacts import actions as contacts
from comity.contacts.models import Contact
from comity.conversations import actions, ratings
from comity.conversations.models import Conversation, Inbox
from comity.core import clock
from comity.core.actor import Actor, system
from comity.core.origin import ActingFrom, Origin
from comity.events import jobs
from comity.events.log import record
from comity.events.testing import settle
from comity.events.tests.make import a_parked_run
from comity.features.integrations import actions as webhooks
from comity.features.integrations.actions.deliveries import Answer
from tests.pages import chats, matters
from tests.pages.pictures import picture

PASSWORD = "four-wooden-ducks"
BY = system("first day")
CODE = re.compile(r"([a-z0-9_.:-]*(?<!\.png)|.)")  # such as open or conversation.created: never shown as it is
PIECES = re.compile(r"<[^>]*>|\n|['\"\[\]]")  # of HTML, lines and lists
TEXTS = models.CharField | models.TextField | models.JSONField
PEOPLE = (
    ("maya", "Maya Lindqvist", "agent"),
    ("priya", "Priya Raghunathan", "supervisor"),
    ("noor", "Noor Haddad", "administrator"),
    ("jonas", "Jonas Weidenbach-Oberländer", "light_agent"),
    ("wei", "Wei Zhang", "auditor"),
    ("bea", "Beatriz Carvalho", "agent"),
)


def fill() -> None:
    """Fill the data folder, and note what was made."""
    ids: dict[str, object] = {"admin": admin().pk}
    _colleagues(ids)
    inbox = _inboxes(ids)
    tom, maya = Agent.objects.get(email=email("tomasz")), Agent.objects.get(email=email("maya"))
    matters.fill(ids, inbox, tom, maya, ago)
    _customers(ids, tom.actor)
    _house_keeping(ids, tom.actor)
    _business_hours(ids, tom.actor)
    _rated(ids)
    settle()
    chats.fill(ids, tom, ago, BY)
    _webhooks(ids, tom.actor)
    ids["cookies"] = {name: session(name) for name in ("tomasz", "noor", "jonas", "lena", "wei", "ravi")}
    (settings.DATA / "house.json").write_text(json.dumps(ids))


def admin() -> Agent:
    """Make the organisation and its administrator."""
    start.first_link()
    start.set_up(link=SignInLink.objects.get(), organisation="Larkmoor", language="en", zone="Europe/London",
                 name="Tomasz Kowalczyk", email=email("tomasz"), password=PASSWORD)  # fmt: skip
    return Agent.objects.get()


def email(name: str) -> str:
    """Return a colleague's address."""
    return f"{name}@larkmoor.example"


def session(name: str) -> str:
    """Sign somebody in, as just now and by password, and return the key of the session."""
    from django.contrib import auth
    from django.contrib.sessions.backends.db import SessionStore

    agent = Agent.objects.get(email=email(name))
    made = SessionStore()
    made[auth.SESSION_KEY] = str(agent.pk)
    made[auth.BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    made[auth.HASH_SESSION_KEY] = agent.get_session_auth_hash()
    made["account_authentication_methods_user"] = str(agent.pk)
    made["account_authentication_methods"] = [
        {"method": "password", "at": clock.now().timestamp() + 86400, "email": agent.email, "reauthenticated": True}
    ]
    made.create()
    return str(made.session_key)


def known_texts() -> list[str]:
    """Return every text that lies in the database: what people and mails said, not what the pages say."""
    from django.apps import apps

    found: set[str] = set()
    for model in apps.get_models():
        fields = [one.name for one in model._meta.concrete_fields if isinstance(one, TEXTS)]
        if model.__module__.startswith("comity.") and fields:
            rows = model.objects.exclude(is_builtin=True) if model is Role else model.objects.all()  # type: ignore[attr-defined]
            for text in (str(text) for row in rows.values_list(*fields) for text in row if text):
                found |= {" ".join(piece.split()) for piece in [text, *PIECES.split(text)]}
    return sorted((text for text in found if not CODE.fullmatch(text)), key=len, reverse=True)


@contextmanager
def ago(**length: float) -> Iterator[None]:
    """Let what stands in this block happen some time ago."""
    clock.shift(-timedelta(**length).total_seconds())
    yield
    clock.shift(0)


def _colleagues(ids: dict[str, object]) -> None:
    by_slug = {role.slug: role for role in Role.objects.all()}
    made = {name: people.add(email=email(name), name=full, role=by_slug[slug], password=PASSWORD, by=BY)
            for name, full, slug in PEOPLE}  # fmt: skip
    machines = teams.create(name="Espresso machines", member_ids=[1, made["maya"].pk, made["bea"].pk], by=BY)
    billing = teams.create(name="Billing & refunds", member_ids=[made["maya"].pk, made["priya"].pk], by=BY)
    teams.create(name="Spare parts and workshop, Gateshead", member_ids=[made["bea"].pk], by=BY)
    for name in ("Steam systems", "Refunds over £100"):
        teams.create_skill(name=name, by=BY)
    steam, maya = Skill.objects.get(name="Steam systems"), made["maya"]
    people.change(agent=maya, role=maya.role, team_ids=[machines.pk, billing.pk], skills={steam.pk: 4},
                  spoken_languages=["en", "sv", "fr"], version=maya.version, by=BY)  # fmt: skip
    for name, how in (("maya", "online"), ("priya", "away"), ("tomasz", "online")):
        presence.choose(agent=Agent.objects.get(email=email(name)), presence=how, by=BY)
    bea = Agent.objects.get(email=email("bea"))
    people.deactivate(agent=bea, version=bea.version, by=BY)
    lena = people.add(email=email("lena"), name="Lena Okafor", role=by_slug["agent"], password=PASSWORD, by=BY)
    _second_factor(lena)
    tokens.create(name="Shop import", role=maya.role, only=["conversations.read"], by=BY)
    custom = roles.create(name="Workshop", allowed=["conversations.read", "conversations.comment"], scope="own", by=BY)
    ids |= {"maya": maya.pk, "bea": bea.pk, "team": machines.pk, "skill": steam.pk, "role": custom.pk}
    ids["builtin_role"] = by_slug["agent"].pk


def _second_factor(agent: Agent) -> None:
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    TOTP.activate(agent, generate_totp_secret())
    RecoveryCodes.activate(agent)


def _inboxes(ids: dict[str, object]) -> Inbox:
    from comity.accounts.models import Team

    machines = Team.objects.get(name="Espresso machines")
    brand = Brand.objects.get()
    organisation.set_logo(brand=brand, content=picture(96, 96, (20, 110, 118)), name="lark.png", by=BY)
    other = organisation.create_brand(name="Finch & Daughters", colour="#b3541e", by=BY)
    care = actions.create_inbox(name="Customer care", channel="email", address="care@larkmoor.example",
                                aliases=["help@larkmoor.example"], team=machines, brand=brand, by=BY)  # fmt: skip
    broken = actions.create_inbox(name="Wholesale", channel="email", address="wholesale@larkmoor.example", by=BY)
    off = actions.create_inbox(name="Trade fair 2025", channel="email", address="fair@larkmoor.example", by=BY)
    actions.set_inbox_active(inbox=off, is_active=False, by=BY)
    channels.worked(inbox=care, arrived=True, sent=True)
    away = {"imap_host": "127.0.0.1", "imap_port": 1, "imap_security": "none", "imap_username": "wholesale"}
    save(group=groups["email"], level=("inbox", broken.pk), values=away, by=BY)
    own = actions.create_inbox(name="Orders of the shop", channel="api", by=BY)
    save(group=groups["api_channel"], level=("inbox", own.pk), values={"url": "https://shop.example/comity"}, by=BY)
    channels.failed(inbox=broken, reason="imap.larkmoor.example does not answer on port 993. Is the name right?")
    raw = channels.accept(inbox=broken, raw=b"\xff\xfe not a mail at all", source="house:unreadable")
    assert raw
    channels.settle(raw=raw, state="quarantined", error="HeaderParseError: expected atom at a start of dot-atom-text")
    ids |= {"inbox": care.pk, "broken_inbox": broken.pk, "own_inbox": own.pk, "raw": raw.pk}
    ids |= {"brand": brand.pk, "other_brand": other.pk}
    return care


def _customers(ids: dict[str, object], by: Actor) -> None:
    elodie = Contact.objects.get(name="Élodie Marchetti-Vance")
    firm = contacts.create_company(name="Atelier Marchetti SARL", domain="atelier-marchetti.example", by=by)
    bought = contacts.define_attribute(label="Bought at", kind="date", help="The day on the invoice", by=by)
    plan = contacts.define_attribute(label="Service plan", kind="choice", choices=["None", "Home", "Café"], by=by)
    retired = contacts.define_attribute(label="Fax", kind="text", by=by)
    contacts.retire_attribute(definition=retired, by=by)
    contacts.update(contact=elodie, by=by, changes={
        "language": "fr", "zone": "Europe/Paris", "place": "Lyon", "company": firm,
        "attributes": {bought.key: "2026-05-18", plan.key: "Café"}})  # fmt: skip
    contacts.add_identity(contact=elodie, kind="phone", value="+33 4 78 00 00 12", by=by, trust="claimed")
    contacts.prove(identity=elodie.identities.get(kind="email"), how="agent", by=by)
    contacts.claim(contact=elodie, kind="handle", value="@elodie.espresso", by=by)
    contacts.tag(contact=elodie, name="Café owner", by=by)
    contacts.tag(contact=elodie, name="Speaks English and French", by=by)
    contacts.add_note(contact=elodie, body="Prefers a call before ten. Her workshop opens at 10:30.", by=by)
    contacts.set_consent(contact=elodie, purpose="marketing", is_granted=False, evidence="Said so on the phone", by=by)
    contacts.set_consent(contact=elodie, purpose="service", is_granted=True, evidence="Order form", by=by)
    twin = contacts.recognise(kind="phone", value="+44 20 7946 0011", name="Rosalind Featherstonehaugh-Blythe", by=by)
    same = contacts.recognise(kind="email", value="e.marchetti@home.example", name="E. Marchetti", by=by)
    merge = contacts.merge(source=same.contact, into=elodie, by=by)
    ids |= {"contact": elodie.pk, "company": firm.pk, "attribute": plan.pk, "twin": twin.contact_id, "merge": merge.pk}
    ids["rosalind"] = Contact.objects.exclude(pk=twin.contact_id).get(name__startswith="Rosalind").pk


def _house_keeping(ids: dict[str, object], by: Actor) -> None:
    undo = {"undo_seconds": 120}  # a walk takes its time
    save(group=groups["conversations"], level=("organisation", 1), values=undo, by=by)
    role = Role.objects.get(slug="agent")
    invited = invitations.invite(email="sam.o-connell@larkmoor.example", role=role, team_ids=[1], by=by)
    with ago(days=9):
        old = invitations.invite(email="yuki@larkmoor.example", role=role, by=by)
    run = a_parked_run(reaction="search.index_document", subject=f"conversation:{ids['steam']}")
    job = jobs.start(kind="search.rebuild", title="Build the search index anew", total=1200, by=by)
    jobs.advance(job=job, by_count=431)
    done = jobs.finish(job=jobs.start(kind="house.moved", title="Moving files", by=by), by=by)
    noor = Agent.objects.get(email=email("noor"))
    ids |= {
        "run": run.pk,
        "event": _an_act_with_a_cause(by),
        "job": job.pk,
        "done_job": done.pk,
        "invitation": _path(links.address(invited)),
        "expired": _path(links.address(old)),
        "first_link": _path(links.start_link()),
        "sign_in_link": _path(links.sign_in_link(noor, by=by)),
        "quarantined": Conversation.objects.count(),
    }


def _rated(ids: dict[str, object]) -> None:
    resolved = Conversation.objects.get(pk=ids["resolved"])
    said = "The answer came while I was still typing. I would have liked to choose the hour myself, though."
    who = resolved.participants.get(role="requester").identity_id
    ratings.rate(conversation_id=resolved.pk, identity_id=who, score=4, comment=said)


def _business_hours(ids: dict[str, object], by: Actor) -> None:
    office = [stretches.read("9:00–12:30, 13:30–17:30")] * 4 + [stretches.read("9–15")]
    week = [*office, stretches.read("10–14"), ()]
    shop = hours.create(name="Shop and workshop", zone="Europe/Berlin", week=week, country="DE", region="BY", by=by)
    night = [stretches.read("22–6")] * 7
    hours.create(name="Night line for machines in restaurants", zone="America/New_York", week=night, by=by)
    today = clock.now().date()
    hours.set_day(hours=shop, on=today + timedelta(days=9), every_year=False, name="Stocktaking", open=(), by=by)
    hours.set_day(
        hours=shop, on=today.replace(day=24, month=12), every_year=True, name="", open=stretches.read("9–12"), by=by
    )
    ids["hours"] = shop.pk


def _an_act_with_a_cause(by: Actor) -> int:
    """Something that Comity did because of what somebody did at a desk; returns the event's id."""
    desk = Origin("2001:db8:85a3::8a2e:370:7334", "Mozilla/5.0 (Windows NT 10.0) Firefox/141.0", "5f2b8c09d1e7")
    with transaction.atomic():
        with ActingFrom(desk):
            first = record("team.changed", subject="team:1", by=by, name="Returns and repairs")
        second = record("inbox.checked", subject="inbox:1", by=system("teams", cause=first.pk))
        last = record("status.named", subject="conversation:1", by=system("teams", cause=second.pk), added=[3])
    return last.pk


def _webhooks(ids: dict[str, object], by: Actor) -> None:
    """One that works but for a test, and one that is gone; nothing is left to send."""
    kinds = ["conversation.created", "message.received", "conversation.resolved"]
    works = webhooks.create(name="Order system", url="https://orders.larkmoor.example/hooks/comity", types=kinds, by=by)
    yes = Answer(status=200, milliseconds=84, response='{"accepted": true}')
    no = Answer(
        status=500, milliseconds=1290, response="Traceback: out of coffee", error="The other side answered 500."
    )
    delivered, failed = (webhooks.note(delivery=webhooks.test(webhook=works, by=by), answer=answer, by=by)
                         for answer in (yes, no))  # fmt: skip
    gone = webhooks.create(name="Workshop board, Gateshead", url="https://old-workshop-board.larkmoor.example/"
                           + "a-long-path/" * 6, types=kinds, by=by)  # fmt: skip
    with transaction.atomic():
        webhooks.plan(event=record("conversation.resolved", subject="conversation:1", by=by, old="open"))
    for told in gone.deliveries.all():
        webhooks.note(delivery=told, answer=Answer(status=410, milliseconds=31), by=by)
    for told in works.deliveries.filter(is_test=False):
        webhooks.note(delivery=told, answer=yes, by=by)
    ids |= {"webhook": works.pk, "gone_webhook": gone.pk, "delivered": delivered.pk, "undelivered": failed.pk}


def _path(address: str) -> str:
    return address.removeprefix(settings.URL.geturl())
