"""The form of any group of settings, made from its dataclass."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from comity.accounts.registry import LEVELS, Group, Option, duration, duration_text, kept_for_another
from comity.accounts.setting_queries import Level, above, load, value_at

AS_ABOVE = "as-above"
YES_NO = (("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No")))


class DurationField(forms.CharField):
    """A length of time as people write it: 1 h 30 min."""

    def to_python(self, value: Any) -> Any:
        """Return a timedelta, or None for nothing."""
        text = super().to_python(value)
        if not text:
            return None
        try:
            return duration(text)
        except ValueError:
            raise ValidationError(_("Write a length of time such as 30 min, 8 h or 2 d.")) from None


class ListField(forms.CharField):
    """One entry a line."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> Any:
        """Return the lines that are not empty, or None for nothing."""
        lines = [line.strip() for line in (value or "").splitlines()]
        return [line for line in lines if line] or None


class OptionsForm(forms.Form):
    """Asks for the settings of a group at one level. An empty field means: as the level above."""

    def __init__(self, group: Group, level: Level, data: Any = None, *, brand: int | None = None) -> None:
        super().__init__(data)
        self.group, self.level = group, level
        self.inherited = above(group, level, brand=brand)
        self.chosen, self.kept_secrets, version = value_at(group, level)
        for option in group.options:
            self._add(option, self.chosen.get(option.name))
        self.fields["version"] = forms.IntegerField(widget=forms.HiddenInput, initial=version)

    @property
    def version(self) -> int:
        """The version that the person saw."""
        return int(self.cleaned_data["version"])

    def values(self) -> dict[str, Any]:
        """Return what was chosen, for `save`: None where nothing was. A secret left empty is left out, so it stays."""
        found: dict[str, Any] = {}
        for option in self.group.options:
            value = self.cleaned_data[option.name]
            if option.secret:
                if value or self.cleaned_data.get(f"{option.name}-forget"):
                    found[option.name] = value or None
            elif value in ("", None):
                found[option.name] = "" if self._may_be_empty(option) else None
            else:
                found[option.name] = value == "yes" if option.type is bool and isinstance(value, str) else value
        return {name: None if value == AS_ABOVE else value for name, value in found.items()}

    def clean(self) -> None:
        """Ask for a secret again where it would go to another server."""
        if not self.errors and (secret := kept_for_another(self.group, self.chosen, self.kept_secrets, self.values())):
            self.add_error(secret.name, _("Type it again, since it would go to another server than before."))

    def settings(self) -> Any:
        """Return the group's dataclass as it would be with what was typed, secrets that are kept included."""
        kept: Any = load(self.group.type)
        typed = {name: value for name, value in self.values().items() if value is not None}
        names = [option.name for option in self.group.options]
        return self.group.type(**{name: typed.get(name, getattr(kept, name)) for name in names})

    def _add(self, option: Option, chosen: Any) -> None:
        self.fields[option.name] = self._field(option, chosen)
        if option.when:
            self.fields[option.name].widget.attrs["data-when"] = option.when
        if option.secret and option.name in self.kept_secrets:
            forget = forms.BooleanField(label=_("Forget the stored one"), required=False)
            self.fields[f"{option.name}-forget"] = forget

    def _field(self, option: Option, chosen: Any) -> forms.Field:
        words: dict[str, Any] = {"label": option.label, "help_text": option.help, "required": False}
        if option.secret:
            hint = _("Stored. Type to replace it.") if option.name in self.kept_secrets else ""
            attrs = {"autocomplete": "off", "placeholder": hint}
            return forms.CharField(widget=forms.PasswordInput(attrs), strip=False, **words)
        own = self._is_highest
        inherited = getattr(self.inherited, option.name)
        shown = inherited if own and chosen is None else chosen
        if option.type is bool and own:
            return forms.BooleanField(initial=shown, **words)
        if option.type is bool:
            initial = AS_ABOVE if shown is None else ("yes" if shown else "no")
            return forms.ChoiceField(
                choices=self._choices(YES_NO, "yes" if inherited else "no"), initial=initial, **words
            )
        if option.choices:
            choices = self._choices(option.choices, inherited)
            return forms.ChoiceField(choices=choices, initial=AS_ABOVE if shown is None else shown, **words)
        return self._typed(option, shown, "" if own else inherited, words)

    def _typed(self, option: Option, shown: Any, inherited: Any, words: dict[str, Any]) -> forms.Field:
        placeholder = {"placeholder": _as_text(inherited)}
        if option.type is timedelta:
            text = "" if shown is None else duration_text(shown)
            return DurationField(initial=text, widget=forms.TextInput(placeholder), **words)
        if option.type is list:
            return ListField(initial="\n".join(shown or []), widget=forms.Textarea(placeholder), **words)
        if option.type is int:
            return forms.IntegerField(
                initial=shown,
                min_value=option.min,
                max_value=option.max,
                widget=forms.NumberInput(placeholder),
                **words,
            )
        widget = forms.Textarea(placeholder) if option.multiline else forms.TextInput(placeholder)
        return forms.CharField(initial=shown, widget=widget, **words)

    @property
    def _is_highest(self) -> bool:
        """Does no other level stand above this one?"""
        return self.level[0] == min(self.group.levels, key=LEVELS.index)

    def _choices(self, choices: Any, inherited: Any) -> list[tuple[str, Any]]:
        if self._is_highest:
            return list(choices)
        label = _("As for the whole organisation: %(value)s") % {"value": dict(choices).get(inherited, inherited)}
        return [(AS_ABOVE, label), *choices]

    def _may_be_empty(self, option: Option) -> bool:
        return self._is_highest and option.type is str and not option.choices


def form_for(group: Group, level: Level, data: Any = None, *, brand: int | None = None) -> OptionsForm:
    """Return the form of a group at a level; `brand` says whose settings stand above an inbox."""
    return OptionsForm(group, level, data, brand=brand)


def _as_text(value: Any) -> str:
    if isinstance(value, timedelta):
        return duration_text(value)
    return "\n".join(value) if isinstance(value, list) else str(value)
