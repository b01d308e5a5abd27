"""What the channel asks: its inboxes, and which message a system means. Nothing here changes state."""

from django.utils.translation import gettext as _

from comity.accounts.options import load
from comity.accounts.user import User
from comity.channels.queries import numbered
from comity.conversations.models import Direction, Inbox, Message, MessageState
from comity.core.refusals import Refusal

from .options import ApiChannelOptions

KIND = "api"
OUT = "out:"  # before the ids that the system gives our messages; its own messages have a mark of their own
GONE_OUT = (MessageState.SENT, MessageState.DELIVERED, MessageState.READ, MessageState.FAILED)
LONGEST_ID = 200


def id_of_sent(inbox_id: int, message_id: int, given: str) -> str:
    """Return the id of a message that was taken: the system's own, or ours where it gave it none for itself."""
    ours, theirs = f"message:{message_id}", f"{OUT}{given}"
    if not given or len(given) > LONGEST_ID or "\0" in given:
        return ours
    others = (
        Message.objects.filter(inbox_id=inbox_id, external_id=theirs).exclude(external_id="").exclude(pk=message_id)
    )
    return ours if others.exists() else theirs


def secret_of(inbox: Inbox) -> str:
    """Return the secret with which messages of an inbox are signed; "" before it is made."""
    return load(ApiChannelOptions, inbox=inbox.pk).secret


def inbox_for(user: User, inbox_id: int) -> Inbox | None:
    """Return an inbox of this channel, if it is within what a token sees."""
    found = Inbox.objects.filter(pk=inbox_id, channel=KIND).first()
    if found is None or user.scope == "all":
        return found
    return found if user.scope == "teams" and found.team_id in {None, *user.team_ids} else None


def message_meant(inbox: Inbox, given: int | str) -> Message:
    """Return the message that a system means, by our number (a number) or its own id (a text).

    Raises Refusal with status 404 for none of this inbox, and 409 for one that is still on its way.
    """
    rows = Message.objects.filter(inbox=inbox, pk=given) if isinstance(given, int) else numbered(inbox, OUT + given)
    found = rows.filter(direction=Direction.OUTBOUND).first()
    if found is not None and found.state not in GONE_OUT:
        words = _("This message is still being handed over. Answer that call first, then report again.")
        raise Refusal(words, code="not_sent_yet", status=409)
    if found is None or not found.external_id:  # what a demonstration sends goes nowhere
        raise Refusal(_("This inbox has sent no such message."), code="not_found", status=404)
    return found
