"""What a visitor does in a conversation: read, write, attach, mark, end, have it by mail, rate."""

from django.http import HttpResponse
from django.utils.translation import gettext as _

from comity.connectors.webchat import actions, queries, work
from comity.connectors.webchat.actions.messages import Written
from comity.connectors.webchat.limits import TEXT
from comity.connectors.webchat.queries.messages import described
from comity.conversations import ratings
from comity.conversations.models import Conversation, MessageState
from comity.core.refusals import Refusal
from comity.events.live import signal

from .frame import Call, address, done, of_visitor


@of_visitor("look")
def read_messages(call: Call, conversation_id: int) -> HttpResponse:
    """Return some messages, the oldest first."""
    conversation = _conversation(call, conversation_id)
    before, after, limit = (_number(call, name) for name in ("before", "after", "limit"))
    return done(queries.messages_page(call.visitor, conversation, before=before, after=after, limit=limit or 50))


@of_visitor("write")
def write(call: Call) -> HttpResponse:
    """Store a message. The same key again is the same message."""
    if call.visitor.identity_id is None:
        work.admit_first_words()
    fields = call.fields
    key = fields.uuid("key")
    if key is None:
        raise Refusal(_("A message needs a key: a UUID that its chat made."), code="invalid", status=422)
    message = Written(
        key=key,
        text=fields.text("text", limit=TEXT + 1),
        conversation=fields.number("conversation"),
        thread=fields.uuid("thread"),
        attachments=fields.numbers("attachments"),
        form=fields.texts("form"),
    )
    actions.write(visitor=call.visitor, message=message)
    return done({"key": str(key), "state": "stored"}, status=202)


@of_visitor("upload")
def upload(call: Call) -> HttpResponse:
    """Keep a file until a message takes it."""
    file = call.request.FILES.get("file")
    if file is None or file.file is None:
        raise Refusal(_("No file arrived. Choose one and attach it again."), code="no_file", status=422)
    kept = actions.upload(
        visitor=call.visitor, content=file.file, name=file.name or "", size=file.size or 0, options=call.options
    )
    return done(described(kept), status=201)


@of_visitor("read")
def mark_read(call: Call, conversation_id: int) -> HttpResponse:
    """Note that the visitor has read the answers up to one."""
    return _mark(call, conversation_id, MessageState.READ)


@of_visitor("read")
def mark_delivered(call: Call, conversation_id: int) -> HttpResponse:
    """Note that the answers up to one have reached the visitor's chat."""
    return _mark(call, conversation_id, MessageState.DELIVERED)


@of_visitor("typing")
def typing(call: Call, conversation_id: int) -> HttpResponse:
    """Tell the agents that the visitor writes."""
    signal(_conversation(call, conversation_id).stream, "customer_typing")
    return done()


@of_visitor("read")
def end(call: Call, conversation_id: int) -> HttpResponse:
    """Say that the matter is settled."""
    actions.end_chat(visitor=call.visitor, conversation=_conversation(call, conversation_id))
    return done()


@of_visitor("transcript")
def transcript(call: Call, conversation_id: int) -> HttpResponse:
    """Send the conversation to an address by mail."""
    conversation = _conversation(call, conversation_id)
    actions.send_transcript(visitor=call.visitor, conversation=conversation, email=call.fields.text("email", limit=320))
    return done()


@of_visitor("look")
def read_rating(call: Call, conversation_id: int) -> HttpResponse:
    """Return whether the visitor may rate the conversation, and what they said."""
    identity = call.visitor.identity_id or 0
    state = ratings.rating_state(_conversation(call, conversation_id).pk, identity)
    return done({"may_rate": state.may_rate, "score": state.score, "comment": state.comment})


@of_visitor("read")
def rate(call: Call, conversation_id: int) -> HttpResponse:
    """Keep the visitor's rating."""
    conversation, score = _conversation(call, conversation_id), call.fields.number("score")
    if score is None or score > 5:
        raise Refusal(_("Choose one to five."), code="score", status=422)
    if not ratings.ratings_offered(call.visitor.inbox_id):
        raise Refusal(_("Nobody is asked for a rating here."), code="no_rating")
    ratings.rate(
        conversation_id=conversation.pk,
        identity_id=call.visitor.identity_id or 0,
        score=score,
        comment=call.fields.text("comment", limit=2000),
    )
    return done()


def _mark(call: Call, conversation_id: int, state: str) -> HttpResponse:
    upto = call.fields.number("message")
    if upto is None:
        raise Refusal(_("Say up to which message."), code="invalid", status=422)
    actions.mark(visitor=call.visitor, conversation=_conversation(call, conversation_id), upto=upto, state=state)
    return done()


def _conversation(call: Call, conversation_id: int) -> Conversation:
    return queries.conversation_of_visitor(call.visitor, conversation_id)


def _number(call: Call, name: str) -> int | None:
    text = call.request.GET.get(name, "")
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise Refusal(_("“%(name)s” has a wrong form.") % {"name": name}, code="invalid", status=422)
    return int(text)


messages_address = address(get=read_messages)
write_address = address(post=write)
upload_address = address(post=upload)
read_address = address(post=mark_read)
delivered_address = address(post=mark_delivered)
typing_address = address(post=typing)
end_address = address(post=end)
transcript_address = address(post=transcript)
rating_address = address(get=read_rating, post=rate)
