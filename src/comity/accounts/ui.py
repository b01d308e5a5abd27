"""What this room adds to the shell: its settings pages, and one's own."""

from django.utils.translation import gettext_lazy as _

from comity.core.slots import PERSONAL, SETTINGS, NavItem

WORKSPACE, TRUST, YOU = _("Workspace"), _("Trust"), _("You")

for item in (
    NavItem(label=_("People"), icon="users-round", url_name="settings_people", permission="people.see", order=30),
    NavItem(label=_("Teams"), icon="layers", url_name="settings_teams", permission="people.see", order=31),
    NavItem(label=_("Skills"), icon="graduation-cap", url_name="settings_skills", permission="people.see", order=32),
    NavItem(
        label=_("Organisation"),
        icon="building-2",
        url_name="settings_organisation",
        permission="settings.manage",
        order=40,
    ),
    NavItem(label=_("Brands"), icon="palette", url_name="settings_brands", permission="brands.manage", order=41),
    NavItem(
        label=_("Business hours"),
        icon="calendar-clock",
        url_name="settings_all_hours",
        permission="settings.manage",
        order=41,
    ),
    NavItem(
        label=_("System mail"), icon="mail", url_name="settings_system_mail", permission="settings.manage", order=42
    ),
    NavItem(
        label=_("Gradual rollout"),
        icon="toggle-right",
        url_name="settings_flags",
        permission="settings.manage",
        order=43,
    ),
    NavItem(
        label=_("More settings"), icon="settings-2", url_name="settings_more", permission="settings.manage", order=49
    ),
):
    SETTINGS.add(NavItem(**{**item.__dict__, "group": WORKSPACE}))

for item in (
    NavItem(label=_("Roles"), icon="shield-check", url_name="settings_roles", permission="people.see", order=60),
    NavItem(label=_("Sign-in"), icon="lock", url_name="settings_sign_in", permission="security.manage", order=61),
    NavItem(label=_("API tokens"), icon="key-round", url_name="settings_tokens", permission="tokens.manage", order=62),
):
    SETTINGS.add(NavItem(**{**item.__dict__, "group": TRUST}))

for item in (
    NavItem(label=_("Your profile"), icon="user-round", url_name="my_profile", order=90, also="/account/password"),
    NavItem(label=_("Second factor"), icon="key-round", url_name="mfa_index", order=91),
    NavItem(label=_("Where you are signed in"), icon="laptop", url_name="my_sessions", order=92),
):
    SETTINGS.add(NavItem(**{**item.__dict__, "group": YOU}))
    PERSONAL.add(item)
