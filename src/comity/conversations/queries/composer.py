"""What the composer shows: the draft, who would get it, by which channel, and its files."""

from dataclasses import dataclass, field

from comity.accounts.models import Agent
from comity.accounts.options import load
from comity.contacts import queries as contacts
from comity.conversations.channel import ChannelFacts, facts
from comity.conversations.models import Conversation, Draft, DraftKind, Inbox, Leg
from comity.conversations.options import ConversationOptions
from comity.conversations.quick_replies import LETTERS
from comity.conversations.recipients import To
from comity.core.html import with_images
from comity.files import queries as files
from comity.files.models import Reference

from .people import external_warnings, reply_all
from .thread import newest_message_id


@dataclass(frozen=True)
class Composer:
    """Everything that the composer's template needs."""

    kind: str
    conversation: Conversation | None
    draft: Draft | None
    leg: Leg | None
    channel: ChannelFacts
    legs: list[Leg] = field(default_factory=list)
    inboxes: list[Inbox] = field(default_factory=list)
    recipients: list[To] = field(default_factory=list)
    newcomers: list[str] = field(default_factory=list)
    html: str = ""
    files: list[Reference] = field(default_factory=list)
    seen: int = 0
    undo_seconds: int = 10
    may_reply: bool = True
    may_note: bool = True

    @property
    def place(self) -> str:
        """Where on the page it stands: there may be several."""
        return place_of(self.conversation)

    @property
    def is_note(self) -> bool:
        """Does only the team see it?"""
        return self.kind == DraftKind.NOTE

    @property
    def is_live(self) -> bool:
        """Does somebody wait at the other end for each line?"""
        return self.channel.is_live and self.kind == DraftKind.REPLY

    @property
    def is_forward(self) -> bool:
        """Does it go to somebody outside, unseen by the customer?"""
        return self.kind == DraftKind.FORWARD

    @property
    def most_replies(self) -> int:
        """How many quick replies may be offered here; 0 where there are none."""
        return self.channel.quick_replies if self.kind == DraftKind.REPLY and self.conversation else 0

    @property
    def replies(self) -> list[str]:
        """The quick replies of the draft."""
        return self.draft.replies if self.draft and self.most_replies else []

    @property
    def reply_letters(self) -> int:
        """How many letters a quick reply may have."""
        return LETTERS

    @property
    def replies_lines(self) -> str:
        """The quick replies, one on each line, as the field takes them."""
        return "\n".join(self.replies)

    @property
    def marks_newcomers(self) -> bool:
        """Does it matter who took part so far? In what is new or passed on, everybody is new."""
        return self.conversation is not None and not self.is_forward

    @property
    def version(self) -> int | str:
        """The version of the draft that the page has; "" when nothing is saved yet."""
        return self.draft.version if self.draft else ""

    @property
    def is_kept(self) -> bool:
        """Has anything been saved? A new conversation has a draft before anybody typed, for files to hang on."""
        return self.draft is not None and (self.draft.version > 1 or bool(self.files))

    @property
    def to(self) -> str:
        """The addresses under To, as the field takes them."""
        return self._addresses("to")

    @property
    def cc(self) -> str:
        """The addresses under CC."""
        return self._addresses("cc")

    @property
    def bcc(self) -> str:
        """The addresses under BCC."""
        return self._addresses("bcc")

    @property
    def known(self) -> str:
        """The addresses that take part already, for marking the others."""
        return ", ".join(who.address for who in self.recipients if who.address not in self.newcomers)

    @property
    def first_name(self) -> str:
        """Whom one writes to, for the empty editor."""
        return self.conversation.contact.name.split(" ")[0] if self.conversation else ""

    def _addresses(self, role: str) -> str:
        return ", ".join(_written(who) for who in self.recipients if who.role == role)


def place_of(conversation: Conversation | None) -> str:
    """Return the id of the element in which the composer of a conversation stands, or that of one that we begin."""
    return f"composer-{conversation.pk if conversation else 'new'}"


def composer_for(conversation: Conversation, agent: Agent, kind: str) -> Composer:
    """Return the composer of a conversation for a person: their draft, or an empty one to everybody who takes part."""
    may_reply, may_note = agent.may("conversations.reply"), agent.may("conversations.comment")
    drafts = Draft.objects.filter(conversation=conversation, author=agent)
    draft = drafts.filter(kind=kind).select_related("leg__inbox", "held_for").first()
    if kind == DraftKind.FORWARD and draft is None:  # it was sent or thrown away
        return composer_for(conversation, agent, DraftKind.REPLY)
    rows = conversation.legs.filter(is_aside=False).select_related("inbox", "identity__contact")
    legs = list(rows.order_by("-last_activity_at"))
    leg = (draft.leg if draft and draft.leg else None) or (legs[0] if legs else None)
    channel = facts(leg.inbox.channel if leg else conversation.inbox.channel)
    is_own_choice = draft is not None and (draft.recipients is not None or kind == DraftKind.FORWARD)
    recipients = _people(draft) if is_own_choice else reply_all(conversation, leg)
    owned = files.of_owner(draft.owner) if draft else []
    options = load(ConversationOptions, inbox=conversation.inbox_id, person=agent.pk)
    return Composer(
        kind=kind,
        conversation=conversation,
        draft=draft,
        leg=leg,
        channel=facts("email") if kind == DraftKind.FORWARD and not channel.subject else channel,
        legs=legs,
        recipients=[] if kind == DraftKind.NOTE else recipients,
        newcomers=list(external_warnings(conversation, recipients)),
        html=shown_html(draft, owned),
        files=_attached(draft, owned),
        seen=newest_message_id(conversation),
        undo_seconds=options.undo_seconds,
        may_reply=may_reply,
        may_note=may_note,
    )


def new_composer(agent: Agent, draft: Draft | None) -> Composer:
    """Return the composer for a conversation that we begin."""
    inboxes = list(Inbox.objects.filter(is_active=True).order_by("name", "pk"))
    inbox = (draft.inbox if draft else None) or (inboxes[0] if inboxes else None)
    owned = files.of_owner(draft.owner) if draft else []
    return Composer(
        kind=DraftKind.REPLY,
        conversation=None,
        draft=draft,
        leg=None,
        channel=facts(inbox.channel if inbox else "email"),
        inboxes=inboxes,
        recipients=_people(draft),
        html=shown_html(draft, owned),
        files=_attached(draft, owned),
        undo_seconds=load(ConversationOptions, person=agent.pk).undo_seconds,
    )


def addresses(agent: Agent, text: str) -> list[tuple[To, str]]:
    """Return whose address somebody may mean by a few letters, and how it is written under To."""
    if len(text.strip()) < 2:
        return []
    known = [
        To("to", identity.shown, contact.name if contact.name != identity.shown else "")
        for contact in contacts.find_contacts(agent, text, limit=6)
        for identity in contact.identities.all()
        if identity.kind == "email"
    ]
    return [(who, _written(who)) for who in known[:8]]


def other_drafts(agent: Agent, besides: Draft) -> list[Draft]:
    """Return what somebody began to write without a conversation, the newest first."""
    rows = Draft.objects.filter(author=agent, conversation=None, version__gt=1).exclude(pk=besides.pk)
    return list(rows.order_by("-updated_at")[:20])


def shown_html(draft: Draft | None, owned: list[Reference]) -> str:
    """Return a draft's text with its pictures at addresses that work now."""
    if draft is None:
        return ""
    urls = {f"file-{reference.pk}": files.url_for(reference) for reference in owned}
    return with_images(draft.html, cid_url=urls.get, remote_url=None)


def _attached(draft: Draft | None, owned: list[Reference]) -> list[Reference]:
    return [reference for reference in owned if draft is None or f"cid:file-{reference.pk}" not in draft.html]


def _people(draft: Draft | None) -> list[To]:
    rows = draft.recipients if draft and draft.recipients else []
    return [To(row["role"], row["address"], row.get("name", "")) for row in rows]


def _written(who: To) -> str:
    """How people write an address: Anna Berg <anna@example.org>, with quotes round a name that has a comma."""
    name = " ".join(who.name.replace('"', "").replace("<", "").replace(">", "").split())
    if not name or name == who.address:
        return who.address
    return f'"{name}" <{who.address}>' if any(letter in name for letter in ",;") else f"{name} <{who.address}>"
