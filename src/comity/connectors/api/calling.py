"""Posts something to the other system, signed, and makes of its answer what the frame knows."""

import binascii
import json
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from comity import __version__
from comity.accounts import callbacks
from comity.accounts.options import CallbackOptions, load
from comity.channels.contract import Blocked, Rejected, Retry, Unauthorised
from comity.core import clock, signing
from comity.core.http import Client, NoAnswer, Refused, Response, TooLarge, Unreachable
from comity.core.refusals import Refusal

from .options import ApiChannelOptions

SECONDS = 20.0  # for one request, answer included
LARGEST_ANSWER = 1024 * 1024
LONGEST_REASON = 300
LONGEST_WISH = 6 * 3600.0  # seconds that the other side may ask us to wait
LATER = {408, 425, 429}


@dataclass(frozen=True)
class Callback:
    """The address that takes answers, with what signs them."""

    options: ApiChannelOptions

    def post(self, body: dict[str, Any], *, key: str) -> Response:
        """Post something. The key goes along: whoever has seen it need not act again.

        Raises Rejected for an address that we don't go to, Unauthorised for a secret that signs nothing, and Retry
        where nobody can say that it arrived, since a repeat does no harm.
        """
        url, content = self._url(), json.dumps(body, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json", "User-Agent": f"Comity/{__version__}"}
        headers |= self._signature(key, content)
        try:
            return self._client().post(url, content=content, headers=headers, key=key)
        except Refused as refused:
            raise Rejected(str(refused)) from refused
        except (Unreachable, NoAnswer) as problem:
            raise Retry(str(problem)) from problem
        except TooLarge as problem:
            raise Retry(_("The system’s answer was too long to read.")) from problem

    def _url(self) -> str:
        if not self.options.url.strip():
            raise Rejected(_("No address takes answers yet. An administrator can enter it in the inbox’s settings."))
        try:
            return callbacks.checked(self.options.url, load(CallbackOptions).allowed_hosts)
        except Refusal as refusal:
            raise Rejected(refusal.message) from refusal

    def _signature(self, key: str, content: bytes) -> dict[str, str]:
        if not self.options.secret:
            raise Unauthorised(_("There is no secret to sign with. Make one in the inbox’s settings."))
        try:
            timestamp = int(clock.now().timestamp())
            return signing.headers([self.options.secret], key=key, timestamp=timestamp, body=content)
        except (binascii.Error, ValueError) as problem:
            raise Unauthorised(_("The signing secret has a wrong form. Make one in the inbox’s settings.")) from problem

    def _client(self) -> Client:
        allowed = load(CallbackOptions).allowed_hosts
        return Client(allowed_hosts=allowed, seconds=SECONDS, max_bytes=LARGEST_ANSWER)


def judge(response: Response) -> None:
    """Return for a yes. Raises Retry, Rejected, Blocked or Unauthorised for any other answer, with its reason."""
    status, why = response.status, reason_of(response)
    if response.ok:
        return
    if status >= 500 or status in LATER:
        after = response.retry_after
        raise Retry(why, None if after is None else min(after, LONGEST_WISH))
    if status in (401, 403):
        raise Unauthorised(_("The system does not accept our signature: %(reason)s") % {"reason": why})
    if status == 410:
        raise Blocked(why)
    raise Rejected(why)


def reason_of(response: Response) -> str:
    """Return why it said no: the words that it gave as JSON, or its status."""
    if 300 <= response.status < 400:
        url = response.headers.get("location", "")[:LONGEST_REASON]
        return _("The address leads on to another one. Enter that one instead: %(url)s") % {"url": url}
    found = answer_of(response)
    for name in ("reason", "detail", "message", "title"):
        words = found.get(name)
        if isinstance(words, str) and words.strip():
            return " ".join(words.replace("\0", "").split())[:LONGEST_REASON]
    return _("The other side answered %(status)s.") % {"status": response.status}


def answer_of(response: Response) -> dict[str, Any]:
    """Return the object that it answered; an empty one where it is none."""
    try:
        found = response.json
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
