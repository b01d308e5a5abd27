"""Every text that a model keeps is declared: about a person, or known not to be."""

import pytest
from django.apps import apps
from django.db import models

ABOUT_NOBODY = {
    "Company": {"name", "folded", "domain"},
    "Contact": {"language", "zone"},
    "Identity": {"kind", "trust", "proven_how"},
    "Claim": {"kind", "state"},
    "AttributeDefinition": {"key", "label", "kind", "help", "choices"},
    "ContactTag": {"name", "folded"},
    "Consent": {"purpose", "channel", "text_version", "by_kind", "by_id"},
    "MergeRecord": {"by_kind", "by_id"},
}


@pytest.mark.parametrize("model", list(apps.get_app_config("contacts").get_models()), ids=lambda model: model.__name__)
def test_every_text_is_declared(model: type[models.Model]) -> None:
    texts = {
        field.name
        for field in model._meta.get_fields()
        if isinstance(field, models.CharField | models.TextField | models.JSONField)
    }
    personal = set(model.personal_fields)

    assert personal <= texts
    assert texts - personal == ABOUT_NOBODY.get(model.__name__, set())
