"""What people may enter about customers, checked and turned into values."""

from typing import Any

from django import forms
from django.conf.locale import LANG_INFO
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from comity.core import clock

from . import queries
from .actions import Changes
from .kinds import kinds
from .models import AttributeDefinition, AttributeKind, Contact, Purpose, Trust

ATTRIBUTE = "attribute-"


class ContactForm(forms.Form):
    """Asks what is known of a contact, the organisation's own attributes included."""

    name = forms.CharField(label=_("Name"), max_length=200)
    company = forms.CharField(
        label=_("Company"),
        max_length=200,
        required=False,
        help_text=_("A new name adds a company."),
        widget=forms.TextInput(attrs={"list": "companies", "autocomplete": "off"}),
    )
    language = forms.ChoiceField(label=_("Language"), required=False)
    zone = forms.ChoiceField(label=_("Time zone"), required=False)
    place = forms.CharField(label=_("Place"), max_length=120, required=False)

    def __init__(self, *args: Any, contact: Contact | None = None, **kwargs: Any) -> None:
        self.definitions = list(queries.definitions())
        if contact:
            kwargs["initial"] = _values(contact, self.definitions)
        super().__init__(*args, **kwargs)
        self._offer("language", _languages(), contact.language if contact else "")
        self._offer("zone", [(name, name) for name in clock.zone_names()], contact.zone if contact else "")
        for definition in self.definitions:
            self.fields[ATTRIBUTE + definition.key] = attribute_field(definition)
        if contact:
            version = forms.IntegerField(widget=forms.HiddenInput, initial=contact.version)
            self.fields["version"] = version

    def changes(self) -> Changes:
        """Return what was entered; the company's name is a matter of its own."""
        given = self.cleaned_data
        return Changes(
            name=given["name"],
            language=given["language"],
            zone=given["zone"],
            place=given["place"],
            attributes={one.key: given[ATTRIBUTE + one.key] for one in self.definitions},
        )

    def _offer(self, name: str, offered: list[tuple[str, Any]], current: str) -> None:
        choices = [("", _("Not known")), *offered]
        if current and current not in dict(choices):
            choices.append((current, current))
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices


class NewContactForm(ContactForm):
    """Asks in addition by what a new contact can be reached."""

    email = forms.CharField(
        label=_("E-mail"), max_length=320, required=False, widget=forms.TextInput(attrs={"inputmode": "email"})
    )
    phone = forms.CharField(
        label=_("Phone"), max_length=60, required=False, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    field_order = ("name", "email", "phone", "company")


class AttributeForm(forms.Form):
    """Asks for the value of one attribute."""

    def __init__(self, *args: Any, definition: AttributeDefinition, value: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["value"] = attribute_field(definition, value)


class IdentityForm(forms.Form):
    """Asks by what else a contact is known, and how sure that is."""

    kind = forms.ChoiceField(label=_("Kind"))
    value = forms.CharField(label=_("Address, number or handle"), max_length=320)
    trust = forms.ChoiceField(
        label=_("How sure is it?"),
        choices=[(Trust.CLAIMED, _("They told us")), (Trust.PROVEN, _("I have checked it"))],
        initial=Trust.CLAIMED,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(kind.name, kind.label) for kind in kinds if kind.is_typed]


class ConsentForm(forms.Form):
    """Asks what a contact agreed to or withdrew, and where."""

    purpose = forms.ChoiceField(label=_("Purpose"), choices=Purpose)
    decision = forms.ChoiceField(
        label=_("Decision"), choices=[("granted", _("Agreed")), ("withdrawn", _("Declined or withdrew"))]
    )
    evidence = forms.CharField(
        label=_("Where and how"),
        max_length=200,
        widget=forms.TextInput(attrs={"placeholder": _("On the phone, 3 March")}),
    )


class CompanyForm(forms.Form):
    """Asks for a company's name and domain."""

    name = forms.CharField(label=_("Name"), max_length=200)
    domain = forms.CharField(
        label=_("Domain"),
        max_length=255,
        required=False,
        help_text=_("The part of its addresses after the @, such as example.org."),
    )


class DefinitionForm(forms.Form):
    """Asks what an attribute is called and what it holds."""

    label = forms.CharField(label=_("Label"), max_length=80)
    kind = forms.ChoiceField(label=_("Holds"), choices=AttributeKind)
    choices = forms.CharField(
        label=_("Choices"),
        required=False,
        help_text=_("One a line. Only for a choice."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    help = forms.CharField(label=_("Hint for colleagues"), max_length=200, required=False)

    def __init__(self, *args: Any, definition: AttributeDefinition | None = None, **kwargs: Any) -> None:
        if definition:
            kwargs["initial"] = {
                "label": definition.label,
                "kind": definition.kind,
                "choices": "\n".join(definition.choices),
                "help": definition.help,
            }
        super().__init__(*args, **kwargs)
        self.fields["kind"].disabled = definition is not None

    def choice_list(self) -> list[str]:
        """Return what can be chosen, a line each."""
        return [line for line in self.cleaned_data["choices"].splitlines() if line.strip()]


def attribute_field(definition: AttributeDefinition, value: Any = None) -> forms.Field:
    """Return the field for an attribute. The action checks the value; nothing is needed."""
    values: dict[str, Any] = {"label": definition.label, "help_text": definition.help, "required": False}
    if value is not None:
        values["initial"] = _as_typed(value)
    if definition.kind == AttributeKind.CHOICE:
        return forms.ChoiceField(choices=[("", _("Not known")), *((one, one) for one in definition.choices)], **values)
    if definition.kind == AttributeKind.YES_NO:
        return forms.ChoiceField(choices=[("", _("Not known")), ("yes", _("Yes")), ("no", _("No"))], **values)
    if definition.kind == AttributeKind.DATE:
        return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **values)
    if definition.kind == AttributeKind.NUMBER:
        return forms.FloatField(widget=forms.NumberInput(attrs={"step": "any"}), **values)
    return forms.CharField(max_length=500, **values)


def _values(contact: Contact, definitions: list[AttributeDefinition]) -> dict[str, Any]:
    values = {
        "name": contact.name,
        "company": contact.company.name if contact.company else "",
        "language": contact.language,
        "zone": contact.zone,
        "place": contact.place,
    }
    for definition in definitions:
        values[ATTRIBUTE + definition.key] = _as_typed(contact.attributes.get(definition.key))
    return values


def _as_typed(value: Any) -> Any:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value


def _languages() -> list[tuple[str, str]]:
    codes = [code for code, language in LANG_INFO.items() if "name" in language]
    return sorted(((code, get_language_info(code)["name_translated"]) for code in codes), key=lambda one: one[1])
