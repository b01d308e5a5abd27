"""What people may do with conversations."""

from django.utils.translation import gettext_lazy as _

from comity.core.permission import ADMINISTRATOR, AGENT, AUDITOR, LIGHT_AGENT, SUPERVISOR, Permission, declare

WORKING = (ADMINISTRATOR, SUPERVISOR, AGENT)
READING = (*WORKING, LIGHT_AGENT, AUDITOR)

declare(
    [
        Permission("conversations.read", _("Read conversations"), READING),
        Permission("conversations.comment", _("Write internal notes"), (*WORKING, LIGHT_AGENT)),
        Permission("conversations.work", _("Assign, tag, snooze and resolve conversations"), WORKING),
        Permission("conversations.reply", _("Answer customers and begin conversations"), WORKING),
        Permission("conversations.merge", _("Merge and split conversations"), WORKING),
        Permission("conversations.delete", _("Move conversations to the bin and back"), (ADMINISTRATOR, SUPERVISOR)),
        Permission("inboxes.manage", _("Add and change inboxes"), (ADMINISTRATOR,)),
    ],
    group=_("Conversations"),
)
