"""Tables point down, keep no logic, and say which of their fields are personal."""

import ast

import pytest
from django.apps import apps
from django.db import models

from tests.architecture.house import HOUSE, SHELVES, floors, name_of, python_files, tree

OURS = [model for model in apps.get_models() if model.__module__.startswith("comity.")]
LEDGER = HOUSE / "tests" / "architecture" / "not_personal.txt"
TEXT = (models.CharField, models.TextField, models.JSONField, models.FileField, models.GenericIPAddressField)


def floor_of(model: type[models.Model]) -> int:
    module = model.__module__.split(".")
    return floors()[module[1]] if module[0] == "comity" else -1


def room_of(model: type[models.Model]) -> str:
    module = model.__module__.split(".")
    return ".".join(module[1:3] if module[1] in SHELVES else module[1:2])


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_keys_point_down(model: type[models.Model]) -> None:
    for field in model._meta.get_fields():
        if not (field.is_relation and field.concrete and field.related_model):
            continue
        other = field.related_model
        assert room_of(other) == room_of(model) or floor_of(other) < floor_of(model), f"{field} points up or sideways"


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_models_keep_no_logic(model: type[models.Model]) -> None:
    ours = {name for base in model.__mro__ if base.__module__.startswith("comity.") for name in vars(base)}
    assert not ours & {"save", "delete", "save_base", "full_clean"}, "State changes in actions.py"


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_personal_fields_are_declared(model: type[models.Model]) -> None:
    fields = {field.name: field for field in model._meta.local_fields}
    text = {name for name, field in fields.items() if isinstance(field, TEXT) and not field.choices}
    if text:
        assert "personal_fields" in vars(model), "Say which fields hold something about a person: personal_fields = (…)"

    personal = set(getattr(model, "personal_fields", ()))
    assert personal <= fields.keys(), f"Not fields of it: {personal - fields.keys()}"
    known = set(LEDGER.read_text().split())
    undeclared = {f"{model._meta.label}.{name}" for name in text - personal} - known
    assert not undeclared, f"Personal? Then add to personal_fields, otherwise to {name_of(LEDGER)}: {undeclared}"


def test_ledger_names_fields_that_exist() -> None:
    existing = {f"{model._meta.label}.{field.name}" for model in OURS for field in model._meta.local_fields}
    personal = {f"{model._meta.label}.{name}" for model in OURS for name in getattr(model, "personal_fields", ())}
    assert set(LEDGER.read_text().split()) <= existing - personal


@pytest.mark.parametrize("path", python_files(), ids=name_of)
def test_no_signals(path: object) -> None:
    for node in ast.walk(tree(path)):  # type: ignore[arg-type]
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            assert not node.module.endswith("signals"), f"Line {node.lineno}: what happens elsewhere is a reaction"
