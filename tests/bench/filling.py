"""A data folder with very many conversations, written by SQL and kept, since it takes minutes.

Most matters are resolved, as in life: 2 of 100 are open, 1 new, 2 waiting, 1 snoozed, 1 spam. Each has three messages,
the twenty newest open ones have thirty.
"""

import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

from tests.support.live import HOUSE, LiveComity

FORM = 1  # counted up when what is written changes, so that an older folder is not taken
LONG_THREADS = 20
MESSAGES = 30
AGENTS = 8
SET_UP = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
from tests.support.live import SET_UP
exec(SET_UP.format(email={email!r}))
from comity.accounts.models import Agent
from comity.accounts.tests.make import a_team, an_agent
from comity.conversations import actions
from comity.core.actor import system
people = [Agent.objects.get(), *(an_agent(name=f"Colleague {{n}}") for n in range(2, {agents} + 1))]
for name in ("Orders", "Repairs", "Billing"):
    a_team(name=name, members=people[:4])
actions.create_inbox(name="Help", channel="email", address="help@shop.test", by=system("bench"))
"""
NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :size) "
MOMENT = "strftime('%Y-%m-%d %H:%M:%f', '2026-11-01', (({}) * 20 - :size * 20) || ' seconds')"
STATUS = (
    "CASE i % 100 WHEN 0 THEN 'open' WHEN 1 THEN 'open' WHEN 2 THEN 'new' WHEN 3 THEN 'waiting_customer'"
    " WHEN 4 THEN 'waiting_other' WHEN 5 THEN 'snoozed' WHEN 6 THEN 'spam' ELSE 'resolved' END"
)
WORDS = "'The steam of machine ' || {} || ' fades after two cups, and the pump hums. '"
CUSTOMERS = [
    "INSERT INTO contacts_contact (id, name, folded, is_named, language, zone, place, attributes, version, created_at)"
    f" SELECT i, 'Customer ' || i, 'customer ' || i, 1, '', '', '', '{{}}', 1, {MOMENT.format('i')}"
    " FROM n WHERE i <= :size / 4 + 1",
    "INSERT INTO contacts_identity (id, contact_id, kind, value, stem, shown, trust, proven_how, is_primary,"
    " created_at) SELECT i, i, 'email', 'c' || i || '@client.test', 'c' || i, 'c' || i || '@client.test', 'observed',"
    f" '', 1, {MOMENT.format('i')} FROM n WHERE i <= :size / 4 + 1",
]
MATTERS = [
    "INSERT INTO conversations_conversation (id, contact_id, inbox_id, subject, status, priority, team_id, assignee_id,"
    " snoozed_until, resolved_at, created_at, version, channel, preview, preview_direction, message_count,"
    f" last_activity_at, last_inbound_at, last_inbound_id) SELECT i, i / 4 + 1, 1, 'Machine ' || i || ' loses steam',"
    f" {STATUS}, CASE WHEN i % 9 = 0 THEN 'high' ELSE 'normal' END, nullif(i / 100 % 4, 0),"
    " nullif(i / 100 % (:agents + 1), 0), CASE WHEN i % 100 = 5 THEN '2027-06-01 08:00:00' END,"
    f" CASE WHEN i % 100 > 6 THEN {MOMENT.format('i')} END, {MOMENT.format('i')}, 1, 'email',"
    f" {WORDS.format('i')}, CASE WHEN i % 2 = 0 THEN 'outbound' ELSE 'inbound' END, 3, {MOMENT.format('i')},"
    f" {MOMENT.format('i')}, CASE WHEN i % 3 = 0 THEN i * 3 ELSE 0 END FROM n",
    "INSERT INTO conversations_leg (id, conversation_id, inbox_id, identity_id, external_thread, created_at,"
    f" last_activity_at, is_aside) SELECT i, i, 1, i / 4 + 1, '', {MOMENT.format('i')}, {MOMENT.format('i')}, 0 FROM n",
    "INSERT INTO conversations_participant (conversation_id, identity_id, name, role, joined_at)"
    f" SELECT i, i / 4 + 1, 'Customer ' || (i / 4 + 1), 'requester', {MOMENT.format('i')} FROM n",
    "INSERT INTO conversations_interval (conversation_id, kind, value, reason, started_at)"
    f" SELECT i, 'status', {STATUS}, '', {MOMENT.format('i')} FROM n",
    "INSERT INTO conversations_tag (id, name, key, hue) SELECT i, 'Tag ' || i, 'tag ' || i, i FROM n WHERE i <= 12",
    "INSERT INTO conversations_conversationtag (conversation_id, tag_id) SELECT i, i % 12 + 1 FROM n WHERE i % 3 = 0",
    "INSERT INTO conversations_follower (conversation_id, agent_id, mentioned_at, since)"
    f" SELECT i, 1, {MOMENT.format('i')}, {MOMENT.format('i')} FROM n WHERE i % 500 = 0",
]
MESSAGE = (
    "INSERT INTO conversations_message (conversation_id, leg_id, inbox_id, direction, author_kind, author_agent_id,"
    " author_identity_id, author_name, subject, text, visible_text, html, external_id, automatic, sender_check, state,"
    " failure, sent_at, created_at, line, data, problems) SELECT i, i, 1,"
    " CASE WHEN m % 2 = 1 THEN 'inbound' ELSE 'outbound' END, CASE WHEN m % 2 = 1 THEN 'contact' ELSE 'agent' END,"
    " CASE WHEN m % 2 = 0 THEN 1 END, CASE WHEN m % 2 = 1 THEN i / 4 + 1 END, 'Customer ' || (i / 4 + 1),"
    " 'Machine ' || i || ' loses steam', {words}, {words},"
    " CASE WHEN m % 2 = 0 THEN '<p>' || {words} || '</p>' ELSE '' END,"
    " printf('<%09d.%02d@client.test>', i, m), '', '', CASE WHEN m % 2 = 1 THEN 'received' ELSE 'sent' END, '',"
    f" {MOMENT.format('i')}, {MOMENT.format('i')}, '', '{{{{}}}}', '[]' FROM "
)
THREADS = [
    MESSAGE.format(words=WORDS.format("i")) + "n, (SELECT 1 AS m UNION SELECT 2 UNION SELECT 3)",
    "INSERT INTO conversations_messagerecipient (message_id, role, address, name, state, error, identity_id)"
    " SELECT id, 'to', 'help@shop.test', '', '', '', NULL FROM conversations_message",
]
LONG = MESSAGE.format(words=" || ".join([WORDS.format("m")] * 8)) + (
    "(SELECT id AS i FROM conversations_conversation WHERE status = 'open' ORDER BY id DESC LIMIT :long),"
    " (SELECT i + 3 AS m FROM n WHERE i <= :more)"
)


def filled(size: int, *, kept_in: Path) -> LiveComity:
    """Return a program, not yet started, whose data folder has so many conversations; made when there is none."""
    folder = kept_in / f"pages-{size}-form-{FORM}"
    if not (folder / "whole").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        live = LiveComity(folder)
        live.python(SET_UP.format(email=live.administrator, agents=AGENTS))
        _fill(live.data / "comity.sqlite3", size)
        (folder / "whole").touch()
        return live
    live = LiveComity(folder)
    _migrate(live)
    return live


def long_threads(live: LiveComity) -> list[int]:
    """Return the conversations with thirty messages."""
    with sqlite3.connect(live.data / "comity.sqlite3") as database:
        rows = database.execute(
            "SELECT id FROM conversations_conversation WHERE status = 'open' ORDER BY id DESC LIMIT ?", [LONG_THREADS]
        )
        return [row[0] for row in rows]


def _fill(path: Path, size: int) -> None:
    values = {"size": size, "agents": AGENTS, "long": LONG_THREADS, "more": MESSAGES - 3}
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA synchronous = OFF")
    database.execute("PRAGMA cache_size = -500000")
    database.execute("BEGIN")
    for statement in [*CUSTOMERS, *MATTERS, *THREADS]:
        database.execute(NUMBERS + statement if " n" in statement else statement, values)
    database.execute(NUMBERS + LONG, values)
    database.execute(
        "UPDATE conversations_conversation SET message_count = (SELECT count(*) FROM conversations_message m"
        " WHERE m.conversation_id = conversations_conversation.id) WHERE id IN (SELECT id FROM"
        " conversations_conversation WHERE status = 'open' ORDER BY id DESC LIMIT :long)",
        values,
    )
    database.execute("COMMIT")
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


def _migrate(live: LiveComity) -> None:
    """A folder that an earlier version of the program filled takes the steps since."""
    command = [sys.executable, "-m", "django", "migrate", "--verbosity", "0"]
    environment = {**os.environ, **live.environment, "DJANGO_SETTINGS_MODULE": "comity.settings"}
    subprocess.run(command, env=environment, cwd=HOUSE, check=True)
