"""What the channel frame answers to conversations: what each kind of channel can do."""

from django.utils.translation import gettext_lazy as _

from comity.contacts.kinds import normalised
from comity.conversations.channel import CHANNELS, ChannelFacts, Teller
from comity.conversations.models import Inbox, Message
from comity.core.refusals import Refusal
from comity.notices.kinds import Kind, declare

from . import actions
from .registry import kinds


class RegisteredChannels:
    """Reads the facts from what the connectors registered."""

    def facts(self, kind: str) -> ChannelFacts:
        """Return the facts; a kind whose connector was taken away still has a name and an icon."""
        known = kinds.get(kind)
        if known is None:
            return ChannelFacts(kind=kind, label=kind, icon="mail", identity_kind=kind)
        can = known.capabilities
        return ChannelFacts(
            kind=kind,
            label=known.label,  # put into words where somebody reads it
            icon=known.icon,
            identity_kind=can.identity_kind,
            html=can.html,
            subject=can.subject,
            cc=can.cc,
            attachments=can.attachments,
            attachment_bytes=can.attachment_bytes,
            text_limit=can.text_limit,
            typing=can.typing,
            read_receipts=can.read_receipts,
            is_live=can.is_live,
            quick_replies=can.quick_replies,
        )

    def address_problem(self, kind: str, address: str) -> str:
        """Say in plain words why this is no address of the channel, or ""."""
        try:
            normalised(self.facts(kind).identity_kind, address)
        except Refusal as refusal:
            return refusal.message
        return ""

    def live_kinds(self) -> list[str]:
        """Return the kinds of channel on which somebody waits."""
        return [kind.kind for kind in kinds if kind.capabilities.is_live]

    def teller(self, inbox: Inbox) -> Teller | None:
        """Return what tells an inbox's answers within the transaction that writes them; None where they are sent."""
        kind = kinds.get(inbox.channel)
        tell = kind.tell if kind and inbox.is_active else None
        if tell is None:
            return None

        def tell_and_note(*, message: Message) -> None:
            tell(message=message)
            actions.worked(inbox=inbox, sent=True)

        return tell_and_note


CHANNELS.answer(RegisteredChannels())
declare(
    Kind("inbox_failing", _("An inbox has not worked for ten minutes"), "plug"),
    Kind("inbox_works", _("An inbox works again"), "circle-check"),
)
