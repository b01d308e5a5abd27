"""What a visitor sends: messages, files, and the wish to have it all by mail."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO

from django.db import transaction
from django.utils.translation import gettext as _

from comity.accounts.actions import mail
from comity.channels import actions as channels
from comity.channels.queries import has_arrived
from comity.connectors.webchat import parse
from comity.connectors.webchat.limits import FILES, TEXT
from comity.connectors.webchat.models import FieldKind, FormField, Visitor
from comity.connectors.webchat.options import WebchatOptions
from comity.connectors.webchat.queries import conversation_of_visitor, form_of
from comity.connectors.webchat.queries.forms import OWN, answer_of
from comity.connectors.webchat.queries.transcript import transcript
from comity.connectors.webchat.queries.widget import UPLOAD
from comity.conversations.models import Conversation
from comity.core import clock
from comity.core.refusals import Refusal
from comity.core.text import clean_name
from comity.files import actions as files
from comity.files import queries as stored
from comity.files.limits import MEGABYTE
from comity.files.models import Reference

from .mailing import write_mail
from .visitors import Said, actor_of, describe, introduce, one_address


@dataclass(frozen=True, kw_only=True)
class Written:
    """A message as a chat sends it. key makes it count once; thread joins messages before there is a conversation."""

    key: uuid.UUID
    text: str
    conversation: int | None = None
    thread: uuid.UUID | None = None
    attachments: Sequence[int] = ()
    form: Mapping[str, str] = field(default_factory=dict)


def write(*, visitor: Visitor, message: Written) -> bool:
    """Store a message, durably; false when it was stored before under the same key. It is read in a moment.

    Raises Refusal when it says nothing, is too long or names a file that is gone; Http404 for a strange conversation.
    """
    text = message.text.replace("\x00", "").strip()
    if len(text) > TEXT:
        words = _("This message is too long. Send it in several parts, or as a file.")
        raise Refusal(words, code="too_long", status=413)
    if message.conversation is not None:
        conversation_of_visitor(visitor, message.conversation, is_binned_too=True)
    if message.form and message.conversation is None:
        text = _answered(visitor, message.form, text)
    _check_files(visitor, message)
    if not text and not message.attachments:
        raise Refusal(_("Write something first."), code="empty", status=422)
    visitor = introduce(visitor=visitor)
    letter = parse.Letter(
        external_id=f"{visitor.public}/{message.key}",
        sender=visitor.public,
        name=visitor.name,
        text=text,
        language=visitor.language,
        conversation=message.conversation,
        thread=str(message.thread) if message.thread else "",
        uploads=list(message.attachments),
        uploaded_as=visitor.uploads,
        at=clock.now().isoformat(),
    )
    raw, source = parse.write(letter), _source(visitor, message)
    return channels.accept(inbox=visitor.inbox, raw=raw, source=source, lane=visitor.stream) is not None


def upload(*, visitor: Visitor, content: IO[bytes], name: str, size: int, options: WebchatOptions) -> Reference:
    """Keep what a visitor attaches for a day, until a message takes it over. Raises Refusal where none is wanted."""
    if not options.attachments:
        raise Refusal(_("This chat takes no files. Describe it in words instead."), code="no_files", status=403)
    if size > UPLOAD:
        words = _("This file is larger than %(size)d MB. Send a smaller one.")
        raise Refusal(words % {"size": UPLOAD // MEGABYTE}, code="too_large", status=413)
    waiting = stored.of_owner(visitor.uploads)
    if len(waiting) >= 3 * FILES:
        raise Refusal(_("Send the files that you have chosen first."), code="too_many_files", status=429)
    staged = files.stage(content)
    with transaction.atomic():
        kept = files.keep(content=staged, by=actor_of(visitor))
        return files.refer(file=kept, to=visitor.uploads, name=name)


def send_transcript(*, visitor: Visitor, conversation: Conversation, email: str) -> None:
    """Send a visitor what was said in a conversation, by the system mail.

    Raises Refusal where no mail server is set up, for what is no address, and while nobody has answered: nobody shall
    use a chat to write mail to strangers.
    """
    address = one_address(email)
    if not mail.is_set_up():
        raise Refusal(_("Mail can’t be sent from here yet. Please copy what you need."), code="no_mail")
    text = transcript(visitor, conversation)
    if not text:
        raise Refusal(_("There is nothing to send yet. Wait for the first answer."), code="nothing_yet")
    brand = visitor.inbox.brand.name if visitor.inbox.brand else visitor.inbox.name
    subject = _("Your chat with %(brand)s") % {"brand": brand}
    write_mail(visitor=visitor, to=address, subject=subject, text=text)


def _source(visitor: Visitor, message: Written) -> str:
    return f"{visitor.pk}:{message.key}"


def _check_files(visitor: Visitor, message: Written) -> None:
    if not message.attachments:
        return
    if len(message.attachments) > FILES:
        words = _("A message takes at most %(count)d files.")
        raise Refusal(words % {"count": FILES}, code="too_many_files", status=422)
    theirs = {reference.pk for reference in stored.of_owner(visitor.uploads)}
    if not set(message.attachments) <= theirs and not has_arrived(visitor.inbox, _source(visitor, message)):
        raise Refusal(_("An attached file is no longer here. Attach it again."), code="gone", status=410)


def _answered(visitor: Visitor, answers: Mapping[str, str], text: str) -> str:
    """Keep the answers of the form, and put those that are no names or addresses before the text."""
    fields = form_of(visitor.inbox_id)
    given = {field.key: clean_name(answers.get(field.key, "")) for field in fields}
    lines, said = [], dict[str, str]()
    for asked in fields:
        value = given[asked.key]
        if not _is_wanted(asked, given, visitor):
            continue
        if asked.is_required and not value and not answer_of(asked, visitor):
            words = _("Please answer “%(label)s”.")
            raise Refusal(words % {"label": asked.label}, code="form", status=422)
        if value and asked.kind == FieldKind.CHOICE and value not in asked.choices:
            raise Refusal(_("“%(label)s”: choose one of the list.") % {"label": asked.label}, code="form", status=422)
        if value:
            said[asked.key] = value
            lines += [f"{asked.label}: {value}"] if FieldKind(asked.kind) not in OWN else []
    own = {OWN[FieldKind(f.kind)]: said.pop(f.key) for f in fields if FieldKind(f.kind) in OWN and f.key in said}
    describe(visitor=visitor, said=Said(attributes=said, **own))
    visitor.refresh_from_db(fields=["name", "email", "phone", "attributes"])
    return "\n".join([*lines, *([""] if lines and text else []), text]).strip()


def _is_wanted(asked: FormField, given: Mapping[str, str], visitor: Visitor) -> bool:
    if not asked.when_key:
        return True
    answer = given.get(asked.when_key, "") or str(visitor.attributes.get(asked.when_key, ""))
    return bool(answer) and (not asked.when_value or answer == asked.when_value)
