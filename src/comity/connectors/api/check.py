"""The test of the connection: a signed ping to the address that takes answers, and what is wrong in plain words."""

import uuid

from django.utils.translation import gettext as _

from comity.channels.contract import Blocked, Finding, InboxFacts, Rejected, Retry, Unauthorised
from comity.core import clock

from .calling import Callback, judge
from .options import ApiChannelOptions


def check(facts: InboxFacts, options: ApiChannelOptions) -> list[Finding]:
    """Post a ping, and say how it was answered."""
    what = _("Address that takes answers")
    body = {"type": "ping", "inbox": facts.id, "timestamp": clock.now().isoformat()}
    try:
        response = Callback(options).post(body, key=f"ping-{uuid.uuid4()}")
        judge(response)
    except (Retry, Rejected, Blocked, Unauthorised) as problem:
        return [Finding(what, False, str(problem))]
    words = _("%(url)s took a signed ping and answered %(status)s.")
    return [Finding(what, True, words % {"url": options.url.strip(), "status": response.status})]
