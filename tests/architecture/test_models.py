"""How tables may refer to each other, string references included."""

from django.apps import apps
from django.db import models

from tests.architecture.sources import LAYERS

FLOORS = {name: floor for floor, name in enumerate(LAYERS)}
OURS = [model for model in apps.get_models() if model._meta.app_label in FLOORS]


def references(model: type[models.Model]) -> list[tuple[str, type[models.Model]]]:
    return [
        (field.name, field.related_model)
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey | models.ManyToManyField) and isinstance(field.related_model, type)
    ]


def test_no_table_refers_to_a_higher_floor() -> None:
    upward = [
        f"{model._meta.label}.{name} -> {target._meta.label}"
        for model in OURS
        for name, target in references(model)
        if target._meta.app_label in FLOORS and FLOORS[target._meta.app_label] > FLOORS[model._meta.app_label]
    ]
    assert upward == []


def test_rules_and_evidence_do_not_know_each_other() -> None:
    pairs = [
        f"{model._meta.label}.{name}"
        for model in OURS
        for name, target in references(model)
        if {model._meta.app_label, target._meta.app_label} == {"rules", "evidence"}
    ]
    assert pairs == []


def test_nothing_refers_to_a_journal_entry_by_its_id() -> None:
    """By case and sequence instead, so that the journal can be partitioned."""
    found = [
        f"{model._meta.label}.{name}"
        for model in OURS
        for name, target in references(model)
        if target._meta.label == "disputes.CaseEvent"
    ]
    assert found == []


def test_every_moment_knows_its_zone() -> None:
    """`auto_now` reads the application's clock; a default of the database reads ours."""
    found = [
        f"{model._meta.label}.{field.name}"
        for model in OURS
        for field in model._meta.fields
        if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
    ]
    assert found == []
