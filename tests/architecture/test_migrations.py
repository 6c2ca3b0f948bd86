"""New migrations run beneath a house that is open (docs/operations.md, "Upgrading"): no long lock, no new duty."""

import importlib
from collections.abc import Iterator

import pytest
from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently
from django.db import migrations, models
from django.db.migrations.operations.base import Operation

from tests.architecture.sources import CHECKOUT

BEFORE = {"accounts": 2, "contract": 2, "disputes": 13, "evidence": 1, "notifications": 1, "rules": 2}
"""The last migrations that were written before these rules: an upgrade across them closes the house for their time."""
WHOLE_TABLES = ("UPDATE ", "DELETE ", "CREATE INDEX", "CREATE UNIQUE INDEX", "ALTER TABLE")


def new_migrations() -> list[str]:
    found = []
    for path in sorted(CHECKOUT.glob("*/migrations/[0-9]*.py")):
        app = path.parent.parent.name
        if int(path.stem[:4]) > BEFORE.get(app, 0):
            found.append(f"{app}.migrations.{path.stem}")
    return found


def wrong_in(migration: type[migrations.Migration]) -> Iterator[str]:
    """What would keep others waiting, or break the release before."""
    new = {operation.name_lower for operation in migration.operations if isinstance(operation, migrations.CreateModel)}
    for operation in flattened(migration.operations):
        if getattr(operation, "model_name_lower", "") not in new:
            yield from wrong_with(operation)
    beside = any(isinstance(operation, AddIndexConcurrently) for operation in migration.operations)
    if beside and (len(migration.operations) > 1 or migration.atomic):
        yield "AddIndexConcurrently stands alone, under atomic = False: only then may it be tried again"


def flattened(operations: list[Operation]) -> Iterator[Operation]:
    for operation in operations:
        if isinstance(operation, migrations.SeparateDatabaseAndState):
            yield from flattened(operation.database_operations)
        else:
            yield operation


def wrong_with(operation: Operation) -> Iterator[str]:
    match operation:
        case AddIndexConcurrently() | AddConstraintNotValid():
            return
        case migrations.AddIndex():
            yield "AddIndex keeps writers out while it reads the table: AddIndexConcurrently"
        case migrations.AddConstraint(constraint=models.CheckConstraint()):
            yield "AddConstraint reads the table under its lock: AddConstraintNotValid, then ValidateConstraint"
        case migrations.AddConstraint():
            yield "a unique constraint builds its index under a lock: a concurrent unique index takes its place"
        case migrations.AddField(field=field) if not (field.null or field.has_db_default() or field.many_to_many):
            yield f"{operation.name}: the release before inserts without it: null=True or db_default"
        case migrations.RemoveField() | migrations.DeleteModel() | migrations.RenameField() | migrations.RenameModel():
            yield f"{operation.describe()}: the release before still asks for it: only the one after may"
        case migrations.AlterField():
            yield f"{operation.describe()}: say in SQL what changes, so that it can be judged"
        case migrations.RunSQL(sql=str(text)) if text.lstrip().upper().startswith(WHOLE_TABLES):
            yield "changes a whole table in one transaction: a command does it afterwards, in batches"


@pytest.mark.parametrize("name", new_migrations())
def test_a_new_migration_keeps_nobody_waiting(name: str) -> None:
    assert list(wrong_in(importlib.import_module(name).Migration)) == []


@pytest.mark.parametrize(
    "operation",
    [
        migrations.AddIndex("case", models.Index(fields=["number"], name="x")),
        migrations.AddConstraint("case", models.CheckConstraint(condition=models.Q(id__gt=0), name="x")),
        migrations.AddConstraint("case", models.UniqueConstraint(fields=["number"], name="x")),
        migrations.AddField("case", "word", models.CharField(max_length=9)),
        migrations.RemoveField("case", "word"),
        migrations.RunSQL("UPDATE disputes_case SET word = ''"),
    ],
    ids=lambda operation: type(operation).__name__,
)
def test_what_would_keep_others_waiting_is_seen(operation: Operation) -> None:
    written = type("Migration", (migrations.Migration,), {"operations": [operation]})
    assert len(list(wrong_in(written))) == 1


@pytest.mark.parametrize(
    "operations",
    [
        [migrations.AddField("case", "word", models.CharField(max_length=9, null=True))],
        [migrations.AddField("case", "word", models.CharField(max_length=9, db_default=""))],
        [
            migrations.CreateModel("Word", [("id", models.BigAutoField(primary_key=True))]),
            migrations.AddIndex("word", models.Index(fields=["id"], name="x")),
        ],
    ],
)
def test_what_keeps_nobody_waiting_may_pass(operations: list[Operation]) -> None:
    assert list(wrong_in(type("Migration", (migrations.Migration,), {"operations": operations}))) == []


def test_an_index_made_beside_others_stands_alone() -> None:
    alone = [AddIndexConcurrently("case", models.Index(fields=["number"], name="x"))]
    assert list(wrong_in(type("Migration", (migrations.Migration,), {"operations": alone, "atomic": False}))) == []
    assert list(wrong_in(type("Migration", (migrations.Migration,), {"operations": alone})))
