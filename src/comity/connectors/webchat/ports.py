"""What the chat answers to the rooms below: what visitors' streams are sent, and that somebody writes to them."""

from collections.abc import Iterable, Mapping
from typing import Any

from comity.conversations.channel import HERE, TYPING
from comity.conversations.reading import READ
from comity.core.senders import KNOWN
from comity.events.hub import News
from comity.events.live import AUDIENCE, signal

from . import queries
from .queries.letters import read_signal, typing_signal, wires


class VisitorAudience:
    """Sends visitors' streams what happened, with its content. No agent hears of it by this way."""

    kind = "visitor"

    def envelopes(self, ids: Iterable[int]) -> dict[int, Any]:
        """Nobody finds them by looking; a stream names its one visitor itself."""
        return {}

    def may_see(self, viewer: Any, envelope: Any) -> bool:
        """No agent does."""
        return False

    def wires(self, news: Iterable[News]) -> dict[News, bytes]:
        """Return each letter, made once for all streams of a visitor."""
        return wires(news)


def tell_typing(conversation_id: int, agent_id: int, name: str) -> None:
    """Tell the visitors of a conversation that somebody writes to them."""
    for visitor in queries.visitors_of_conversation(conversation_id):
        signal(visitor.stream, typing_signal(conversation_id, name))


@HERE.answer
def is_here(conversation_id: int) -> bool:
    """Has a visitor of a conversation the chat open just now?"""
    return any(visitor.is_here for visitor in queries.visitors_of_conversation(conversation_id))


@READ.answer
def tell_read(conversation_id: int, upto: int) -> None:
    """Tell the visitors of a conversation that the agents have read what they wrote."""
    for visitor in queries.visitors_of_conversation(conversation_id):
        signal(visitor.stream, read_signal(conversation_id, upto))


@KNOWN.answer
def is_visitor(headers: Mapping[str, str]) -> bool:
    """Is a request a visitor's whose token works? They may send files, whose size the chat looks at itself."""
    scheme, _space, secret = headers.get("authorization", "").partition(" ")
    token = queries.active_token(secret.strip()) if scheme.lower() == "bearer" else None
    return token is not None and token.visitor.blocked_at is None


AUDIENCE.answer(VisitorAudience())
TYPING.answer(tell_typing)
