"""Forms about people: invitations, roles, teams, skills, one's own profile."""

from typing import Any

from django import forms
from django.conf.locale import LANG_INFO
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from comity.accounts import queries
from comity.accounts.models import Agent, Role, Scope, Skill, Team, Theme
from comity.core.forms import Several
from comity.core.permission import AGENT, Permission

from .entrance import language_choices, zone_choices

LEVELS = (
    ("", "—"),
    ("1", gettext_lazy("1, learning")),
    ("2", gettext_lazy("2, with help")),
    ("3", gettext_lazy("3, alone")),
    ("4", gettext_lazy("4, also the hard ones")),
    ("5", gettext_lazy("5, teaches others")),
)


def spoken_choices() -> list[tuple[str, str]]:
    """Return the languages of the world that people may speak, in their own words."""
    known = {
        code: names["name_local"] for code, names in LANG_INFO.items() if "name_local" in names and "-" not in code
    }
    return sorted(known.items(), key=lambda item: item[1].casefold())


class InviteForm(forms.Form):
    """Asks whom to invite, and as what."""

    emails = forms.CharField(
        label=gettext_lazy("E-mail addresses"),
        help_text=gettext_lazy("One a line, or with commas."),
        widget=forms.Textarea({"rows": 3, "autofocus": True, "dir": "ltr"}),
    )
    role = forms.ModelChoiceField(Role.objects.none(), label=gettext_lazy("Role"), empty_label=None)
    teams = Several(
        Team.objects.none(), label=gettext_lazy("Teams"), required=False, widget=forms.CheckboxSelectMultiple
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the invitation"), required=False, choices=language_choices
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, role=Role.objects.order_by("-is_builtin", "pk"), teams=queries.teams())
        self.fields["role"].initial = Role.objects.filter(slug=AGENT).first()

    def clean_emails(self) -> list[str]:
        """Return the addresses, each once."""
        found = self.cleaned_data["emails"].replace(",", "\n").replace(";", "\n").split()
        for email in found:
            try:
                validate_email(email)
            except ValidationError:
                raise ValidationError(_("“%(email)s” is not an e-mail address.") % {"email": email}) from None
        return list(dict.fromkeys(email.lower() for email in found))


class PersonForm(forms.Form):
    """Asks what somebody does here."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    role = forms.ModelChoiceField(Role.objects.none(), label=gettext_lazy("Role"), empty_label=None)
    teams = Several(
        Team.objects.none(), label=gettext_lazy("Teams"), required=False, widget=forms.CheckboxSelectMultiple
    )
    spoken_languages = forms.MultipleChoiceField(
        label=gettext_lazy("Languages they can answer in"),
        choices=spoken_choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, agent: Agent, data: Any = None) -> None:
        super().__init__(
            data,
            initial={
                "version": agent.version,
                "role": agent.role_id,
                "teams": [team.pk for team in agent.teams.all()],
                "spoken_languages": agent.spoken_languages,
            },
        )
        _offer(self, role=Role.objects.order_by("-is_builtin", "pk"), teams=queries.teams())
        chosen_first = sorted(spoken_choices(), key=lambda choice: choice[0] not in agent.spoken_languages)
        self.fields["spoken_languages"].choices = chosen_first  # type: ignore[attr-defined]
        levels = {row.skill_id: row.level for row in agent.skills.all()}
        self.skills = list(Skill.objects.order_by("name"))
        for skill in self.skills:
            self.fields[f"skill-{skill.pk}"] = forms.ChoiceField(
                label=skill.name, choices=LEVELS, required=False, initial=str(levels.get(skill.pk, ""))
            )

    def levels(self) -> dict[int, int]:
        """Return the chosen level of each skill that somebody has."""
        given = {skill.pk: self.cleaned_data[f"skill-{skill.pk}"] for skill in self.skills}
        return {skill_id: int(level) for skill_id, level in given.items() if level}

    def skill_fields(self) -> list[Any]:
        """Return the fields of the skills, for the template."""
        return [self[f"skill-{skill.pk}"] for skill in self.skills]


class TeamForm(forms.Form):
    """Asks for a team's name and members."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    members = Several(
        Agent.objects.none(), label=gettext_lazy("Members"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, members=queries.agents())


class SkillForm(forms.Form):
    """Asks for a skill's name."""

    name = forms.CharField(label=gettext_lazy("Name of the skill"), max_length=80)


class RoleForm(forms.Form):
    """Asks what a role may do, and for whose matters."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    scope = forms.ChoiceField(label=gettext_lazy("Whose matters they see"), choices=Scope, widget=forms.RadioSelect)
    allowed = forms.MultipleChoiceField(
        label=gettext_lazy("What they may do"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        is_builtin = kwargs.pop("is_builtin", False)
        super().__init__(*args, **kwargs)
        self.fields["name"].disabled = is_builtin
        field = self.fields["allowed"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [
            (heading or _("Other"), [(permission.name, _words(permission)) for permission in group])
            for heading, group in queries.verbs()
        ]

    def allowed_by_heading(self) -> list[tuple[str, list[Any]]]:
        """Return the boxes to tick under their headings, for the template."""
        boxes = {box.data["value"]: box for box in self["allowed"]}
        return [(heading, [boxes[permission.name] for permission in group]) for heading, group in queries.verbs()]


def _words(permission: Permission) -> str:
    if not permission.sees_all:
        return str(permission.label)
    return _("%(permission)s (only with a role that sees everything)") % {"permission": permission.label}


class ProfileForm(forms.Form):
    """Asks how somebody is called and how the pages look for them."""

    name = forms.CharField(label=gettext_lazy("Your name"), max_length=120)
    language = forms.ChoiceField(label=gettext_lazy("Language"), required=False)
    zone = forms.ChoiceField(label=gettext_lazy("Time zone"), required=False)
    theme = forms.ChoiceField(label=gettext_lazy("Appearance"), required=False, choices=Theme, widget=forms.RadioSelect)
    keys_enabled = forms.BooleanField(
        label=gettext_lazy("Single keys"),
        required=False,
        help_text=gettext_lazy("Such as J for the next conversation. Off, only keys with Ctrl or ⌘ act."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("language", language_choices), ("zone", zone_choices)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices(_("As the organisation"))


def _offer(form: forms.Form, **querysets: Any) -> None:
    for name, queryset in querysets.items():
        field = form.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = queryset
