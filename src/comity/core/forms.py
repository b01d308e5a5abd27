"""Draws every form in the house's look: `{{ form }}` for all fields, `{{ field.as_field_group }}` for one."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.forms.renderers import DjangoTemplates
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from .text import whole_number

CLASSES: dict[type[forms.Widget], str] = {
    forms.CheckboxInput: "",
    forms.RadioSelect: "",
    forms.CheckboxSelectMultiple: "",
    forms.HiddenInput: "",
    forms.SelectMultiple: "",
    forms.Select: "select",
    forms.FileInput: "input file",
}


class Field(BoundField):
    """A field of a form that knows the class of its control."""

    def build_widget_attrs(self, attrs: Any, widget: forms.Widget | None = None) -> dict[str, Any]:
        """Add the design system's class to what Django writes."""
        built = super().build_widget_attrs(attrs, widget)
        widget = widget or self.field.widget
        known = next((CLASSES[kind] for kind in type(widget).__mro__ if kind in CLASSES), "input")
        classes = f"{widget.attrs.get('class', '')} {known}".strip()
        if classes:
            built["class"] = classes
        if type(widget) in (forms.TextInput, forms.Textarea):
            built.setdefault("dir", "auto")
        return built

    @property
    def is_check(self) -> bool:
        """Is it one box to tick, with its label beside it?"""
        return isinstance(self.field.widget, forms.CheckboxInput)


class Several(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # takes no argument when it runs
    """Asks for several rows. What numbers no row is refused here, since SQLite breaks over it."""

    def clean(self, value: Any) -> Any:
        """Return the chosen rows."""
        for one in value if isinstance(value, list | tuple) else ():
            if whole_number(str(one)) is None:
                raise ValidationError(self.error_messages["invalid_choice"], "invalid_choice", {"value": str(one)[:40]})
        return super().clean(value)


class Renderer(DjangoTemplates):
    """Named by the setting FORM_RENDERER, so that the forms of libraries look like ours too."""

    bound_field_class = Field
    form_template_name = "core/form.html"
    field_template_name = "core/field.html"

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        """Draw a part of a form. Django takes two templates for each option, which is long where there are hundreds."""
        if template_name == forms.Select.template_name:
            return _select(context["widget"])
        return super().render(template_name, context, request)


def _select(widget: dict[str, Any]) -> SafeString:
    """Write what Django's own template of a list of choices does."""
    groups = format_html_join("", "{}", ((_group(name, options),) for name, options, _ in widget["optgroups"]))
    return format_html('<select name="{}"{}>{}</select>', widget["name"], flatatt(widget["attrs"]), groups)


def _group(name: str | None, options: list[dict[str, Any]]) -> SafeString:
    rows = ((one["value"], flatatt(one["attrs"]) if one["attrs"] else "", one["label"]) for one in options)
    written = format_html_join("", '<option value="{}"{}>{}</option>', rows)
    return format_html('<optgroup label="{}">{}</optgroup>', name, written) if name else written
