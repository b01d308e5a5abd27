"""The key by which a site signs who its visitors are."""

import secrets

from django.db import transaction

from comity.accounts.options import load, save
from comity.accounts.registry import group_of
from comity.connectors.webchat.options import WebchatOptions
from comity.conversations.models import Inbox
from comity.core.actor import Actor
from comity.events.log import record


@transaction.atomic
def make_secret(*, inbox: Inbox, by: Actor) -> None:
    """Give a new chat inbox its key; one that has a key keeps it."""
    if not load(WebchatOptions, inbox=inbox.pk).identify_secret:
        _save(inbox, by)


@transaction.atomic
def renew_secret(*, inbox: Inbox, by: Actor) -> str:
    """Make a new key. What was signed with the former one proves nothing from now on."""
    secret = _save(inbox, by)
    record("chat.secret_renewed", subject=inbox.stream, by=by)
    return secret


def _save(inbox: Inbox, by: Actor) -> str:
    secret = secrets.token_urlsafe(32)
    save(group=group_of(WebchatOptions), level=("inbox", inbox.pk), values={"identify_secret": secret}, by=by)
    return secret
