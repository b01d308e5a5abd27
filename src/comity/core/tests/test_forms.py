"""Forms in the house's look."""

from django import forms

from comity.core.forms import Renderer


class Kitchen(forms.Form):
    """A form with lists of choices."""

    wood = forms.ChoiceField(
        choices=[("", "None"), ("Hard", [("oak", "Oak & ash"), ("elm", 'Elm "old"')]), (3, "<b>Fir</b>")],
        widget=forms.Select({"data-many": True, "data-none": False}),
        required=False,
    )
    sure = forms.NullBooleanField()


def test_a_list_of_choices_is_written_as_django_writes_it() -> None:
    for values in (None, {"wood": "elm", "sure": "true"}, {"wood": "3"}):
        ours = Kitchen(values, renderer=Renderer())
        theirs = Kitchen(values, renderer=DjangosOwn())
        for name in ("wood", "sure"):
            assert _tags(str(ours[name])) == _tags(str(theirs[name]))
    assert 'value="elm" selected>Elm &quot;old&quot;</option>' in str(Kitchen({"wood": "elm"})["wood"])


class DjangosOwn(Renderer):
    """Draws a list of choices by Django's templates."""

    def render(self, template_name: str, context: dict[str, object], request: object = None) -> str:
        return self.get_template(template_name).render(context, request=request).strip()


def _tags(html: str) -> list[object]:
    """The tags and words, however their attributes are ordered and spaces set."""
    from django.test.html import parse_html

    return [parse_html(html)]
