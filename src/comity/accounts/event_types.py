"""What can happen in this room, in plain words."""

from django.utils.translation import gettext_lazy as _

from comity.events.catalogue import declare

declare(
    [
        ("agent.joined", _("A colleague joined")),
        ("agent.changed", _("A colleague’s role or teams changed")),
        ("agent.profile_changed", _("Somebody changed their profile")),
        ("agent.deactivated", _("A colleague was deactivated")),
        ("agent.reactivated", _("A colleague was reactivated")),
        ("agent.went_online", _("A colleague is online")),
        ("agent.went_away", _("A colleague is away")),
        ("agent.went_offline", _("A colleague is offline")),
        ("invitation.sent", _("An invitation was sent")),
        ("invitation.accepted", _("An invitation was accepted")),
        ("invitation.withdrawn", _("An invitation was withdrawn")),
        ("team.created", _("A team was made")),
        ("team.changed", _("A team changed")),
        ("team.deleted", _("A team was deleted")),
        ("skill.created", _("A skill was added")),
        ("skill.changed", _("A skill changed")),
        ("skill.deleted", _("A skill was deleted")),
        ("role.created", _("A role was made")),
        ("role.changed", _("A role changed")),
        ("role.deleted", _("A role was deleted")),
        ("token.created", _("An API token was made")),
        ("token.revoked", _("An API token was revoked")),
        ("brand.created", _("A brand was made")),
        ("brand.changed", _("A brand changed")),
        ("brand.made_default", _("Another brand became the first")),
        ("brand.deleted", _("A brand was deleted")),
        ("hours.created", _("Business hours were added")),
        ("hours.changed", _("Business hours changed")),
        ("hours.made_default", _("Other business hours became the organisation’s")),
        ("hours.deleted", _("Business hours were deleted")),
        ("organisation.created", _("The organisation was set up")),
        ("organisation.changed", _("The organisation’s details changed")),
        ("settings.changed", _("Settings changed")),
        ("flag.changed", _("A gradual rollout changed")),
        ("system_mail.sent", _("The program sent a mail of its own")),
    ],
    group=_("People and settings"),
    order=40,
)

declare(
    [
        ("agent.signed_in", _("A colleague signed in")),
        ("agent.signed_out", _("A colleague signed out")),
        ("agent.sign_in_failed", _("Signing in failed")),
        ("agent.sessions_ended", _("A colleague’s sessions were ended")),
        ("agent.password_changed", _("A colleague’s password changed")),
        ("agent.security_changed", _("A colleague’s second factor or passkeys changed")),
        ("agent.sign_in_link_made", _("A sign-in link was made")),
        ("agent.sign_in_link_used", _("A sign-in link was used")),
    ],
    group=_("Signing in"),
    order=41,
)

declare(
    [
        ("agent.fell_quiet", _("A colleague’s computer is quiet")),
        ("system_mail.written", _("A mail of the program waits to be sent")),
    ],
    group=_("People and settings"),
    is_inner=True,
)
