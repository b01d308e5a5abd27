"""Sends what a webhook is owed: one request after the other, ten seconds each at most."""

import time
from datetime import UTC
from email.utils import parsedate_to_datetime

from django.utils.translation import gettext as _

from comity import __version__
from comity.accounts.options import CallbackOptions, load
from comity.core import clock, signing
from comity.core.actor import Actor
from comity.core.http import Client, HttpError, Response
from comity.core.refusals import Refusal

from . import actions, queries
from .actions.deliveries import Answer
from .body import body_of
from .models import Delivery, Webhook

SECONDS = 10.0  # for one request, answer included
TURN = 10.0  # seconds after which another webhook has its turn
LARGEST_ANSWER = 1024 * 1024
EXCERPT = 2000  # characters of the answer that are kept


def send_due(webhook_id: int, by: Actor) -> None:
    """Send what is due for a while, then let a timer call for the rest."""
    end = time.monotonic() + TURN
    try:
        while delivery := queries.next_due(webhook_id, clock.now()):
            actions.note(delivery=delivery, answer=_try(delivery), by=by)
            if time.monotonic() > end:
                break
    except Refusal:
        return  # the webhook was deleted meanwhile, and its deliveries with it
    actions.arrange(webhook_id=webhook_id)


def _try(delivery: Delivery) -> Answer:
    """Make one request, and say what came of it."""
    event = queries.event_of(delivery)
    if event is None:
        return Answer(milliseconds=0, error=_("The event is not in the log any more."))
    secrets = _secrets(delivery.webhook)
    if not all(secrets):
        return Answer(milliseconds=0, error=_("The secret can’t be read with this data folder’s key. Make a new one."))
    body = body_of(event)
    headers = signing.headers(secrets, key=delivery.key, timestamp=int(clock.now().timestamp()), body=body)
    headers |= {"Content-Type": "application/json", "User-Agent": f"Comity/{__version__}"}
    began = time.monotonic()
    try:
        response = _client().post(delivery.webhook.url, content=body, headers=headers)
    except HttpError as error:
        return Answer(milliseconds=_since(began), error=str(error))
    return Answer(
        milliseconds=_since(began),
        status=response.status,
        response=response.text.replace("\0", "")[:EXCERPT],
        error=_why(response),
        retry_after=_retry_after(response),
    )


def _client() -> Client:
    allowed = load(CallbackOptions).allowed_hosts
    return Client(allowed_hosts=allowed, seconds=SECONDS, max_bytes=LARGEST_ANSWER)


def _secrets(webhook: Webhook) -> list[str]:
    if webhook.old_secret and webhook.old_secret_until and webhook.old_secret_until > clock.now():
        return [webhook.secret, webhook.old_secret]
    return [webhook.secret]


def _why(response: Response) -> str:
    """What a person should know about an answer that is no yes."""
    if response.ok:
        return ""
    if 300 <= response.status < 400:
        return _("The address leads on to another one. Enter that one instead: %(url)s") % {
            "url": response.headers.get("location", "")[:300]
        }
    return _("The other side answered %(status)s.") % {"status": response.status}


def _retry_after(response: Response) -> float | None:
    """The seconds that the other side asks for, as a number or as a date."""
    if response.ok or response.retry_after is not None:
        return response.retry_after
    try:
        moment = parsedate_to_datetime(response.headers.get("retry-after", ""))
    except ValueError:
        return None
    return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - clock.now()).total_seconds())


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
