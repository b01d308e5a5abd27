"""What can happen in this room, in plain words."""

from django.utils.translation import gettext_lazy as _

from comity.events.catalogue import declare

declare(
    [
        ("visitor.proven", _("A site proved who its visitor is")),
        ("visitor.denied", _("The owner of an address said that a chat is not theirs")),
        ("visitor.blocked", _("A visitor was blocked")),
        ("visitor.unblocked", _("A visitor is no longer blocked")),
        ("visitor.left", _("A visitor signed out of the chat")),
        ("chat.ended", _("A visitor ended a chat")),
        ("chat.went_on", _("What a visitor had not read was sent to them by mail")),
        ("chat.unheard", _("An answer waits for a visitor whose chat is closed")),
        ("chat.secret_renewed", _("A site’s key for proving its visitors was replaced")),
    ],
    group=_("Live chat"),
    order=35,
)

declare(
    [
        ("chat.tidy", _("Visitors who never wrote are forgotten")),
        ("chat.message", _("A visitor’s chat is told of a message")),
        ("chat.unread_due", _("Time to check whether a visitor has read an answer")),
        ("chat.changed", _("A visitor’s chat is told how far messages got")),
        ("chat.conversation", _("A visitor’s chat is told how a conversation stands")),
    ],
    group=_("Live chat"),
    is_inner=True,
)
