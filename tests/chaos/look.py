"""What somebody finds who opens the data of a program: is it quiet, and is everything there, once?

Runs in a process of its own: `live.python("from tests.chaos import look; print(look.found())")`.
"""

import hashlib
import json
import time
from collections import Counter
from typing import Any

from django.db import connection
from django.db.models import Count, F, Q

from comity.channels.intake import content_of
from comity.channels.models import RawMessage
from comity.conversations.models import Conversation, Message, Outbox
from comity.events.models import Event, Run, Timer
from comity.files import store
from comity.files.models import Reference
from comity.search.models import SearchDoc

STEPS = ("message.scheduled", "message.send_due", "message.queued")
ENDS = ("message.sent", "message.failed", "message.unknown")


def wait_until_quiet(seconds: float = 60) -> str:
    """Wait until nothing is owed or on its way; returns what still is when it never ends, or ""."""
    until = time.monotonic() + seconds
    while left := _under_way():
        if time.monotonic() > until:
            return json.dumps(left)
        time.sleep(0.2)
    return ""


def _under_way() -> dict[str, Any]:
    owed = Counter(Run.objects.filter(parked_at=None).values_list("reaction", flat=True))
    leaving = Counter(Outbox.objects.filter(state__in=["queued", "sending"]).values_list("state", flat=True))
    due = Counter(Timer.objects.filter(type__startswith="message.").values_list("type", flat=True))
    unread = RawMessage.objects.filter(state="waiting").count()
    found = {"owed": owed, "leaving": leaving, "timers": due, "unread": unread}
    return {name: value for name, value in found.items() if value}


def end_leases() -> None:
    """Let a minute pass for the dead: the leases of all runs end now. Only while nobody works."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("UPDATE events_run SET lease_until = clock_timestamp() WHERE owner IS NOT NULL")


def found() -> str:
    """Return everything that is compared with what people outside were told, as JSON."""
    inbound = Message.objects.filter(direction="inbound")
    outbound = Message.objects.filter(direction="outbound")
    return json.dumps(
        {
            "inbound": Counter(inbound.values_list("external_id", flat=True)),
            "outbound": list(outbound.order_by("pk").values("pk", "state", "external_id", "outbox__state")),
            "under_way": _under_way(),
            "parked": list(Run.objects.exclude(parked_at=None).values_list("reaction", "error")),
            "raw": Counter(RawMessage.objects.values_list("state", flat=True)),
            "events": Event.objects.count(),
            "problems": [*_damaged(), *_not_once(inbound, outbound), *_not_kept_up()],
        }
    )


def _damaged() -> list[str]:
    """Stored bytes that are others than those that came, and files that a row names but the disk lacks."""
    wrong = []
    for raw in RawMessage.objects.all().iterator(chunk_size=100):
        try:
            content = content_of(raw)
        except FileNotFoundError:
            content = b""
        if hashlib.sha256(content).hexdigest() != raw.digest:
            wrong.append(f"the bytes of {raw.stream} are damaged")
    digests = set(Reference.objects.values_list("file__digest", flat=True))
    return wrong + [f"the file {digest} is lost" for digest in digests if not store.exists(digest)]


def _not_once(inbound: Any, outbound: Any) -> list[str]:
    """Events that a message has twice or not at all, and attachments that came twice."""
    counted: dict[str, Counter[int]] = {
        type: Counter(Event.objects.filter(type=type).values_list("data__message", flat=True))
        for type in (*STEPS, *ENDS, "message.received")
    }
    ended: Counter[int] = sum((counted[type] for type in ENDS), Counter())
    wrong = [f"{pk}: message.received {counted['message.received'][pk]} times" for pk in _unless_one(inbound, counted)]
    for pk in outbound.values_list("pk", flat=True):
        times = {type: counted[type][pk] for type in STEPS} | {"ended": ended[pk]}
        if set(times.values()) != {1}:
            wrong.append(f"outgoing message {pk}: {times}")
    owners = Counter(Reference.objects.filter(owner_kind="message").values_list("owner_id", flat=True))
    return wrong + [f"message {pk} has {times} files" for pk, times in owners.items() if times > 1]


def _unless_one(messages: Any, counted: dict[str, Counter[int]]) -> list[int]:
    return [pk for pk in messages.values_list("pk", flat=True) if counted["message.received"][pk] != 1]


def _not_kept_up() -> list[str]:
    """Conversations that the search index lacks, or whose count of messages is wrong."""
    indexed = SearchDoc.objects.filter(kind="conversation").values("object_id")
    missing = Conversation.objects.exclude(pk__in=indexed).values_list("pk", flat=True)
    spoken = Count("messages", filter=~Q(messages__direction="system"))
    wrong = Conversation.objects.annotate(real=spoken).exclude(message_count=F("real")).values_list("pk", flat=True)
    return [f"conversation {pk} is not indexed" for pk in missing] + [f"conversation {pk} miscounts" for pk in wrong]
