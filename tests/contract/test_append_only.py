"""Tables that only grow, and the rights of the role that the application connects as."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any, ClassVar

import pytest
from django.apps.registry import Apps
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.db import IntegrityError, ProgrammingError, connection, models, transaction
from django.db.migrations.state import ProjectState
from psycopg2 import sql

from contract.append_only import AppendOnly, append_only_models, unguarded_tables
from contract.database import NoSuchRole, prepare, role_may_change_anything

pytestmark = pytest.mark.django_db

REGISTRY = Apps(["tests.contract"])
ROLE = "gongduan_app"


class Entry(models.Model):
    """A row of a ledger."""

    append_only = True
    storage_parameters: ClassVar = {"autovacuum_vacuum_scale_factor": 0.01, "fillfactor": 90}
    words = models.TextField()

    class Meta:
        apps = REGISTRY
        app_label = "contract"  # the label that the registry gives to this package
        db_table = "ledgers_entry"

    def __str__(self) -> str:
        return self.words


@pytest.fixture
def ledger() -> type[Entry]:
    """Its table, with one row."""
    with connection.schema_editor() as editor:
        editor.create_model(Entry)
    AppendOnly("ledgers_entry").database_forwards("ledgers", connection.schema_editor(), None, None)
    Entry.objects.create(words="first")
    return Entry


@contextmanager
def as_application() -> Iterator[None]:
    """Within the test's transaction, with the rights of the application's role and no others."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {ROLE}")
        try:
            yield
        finally:
            cursor.execute("RESET ROLE")


def run(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


CHANGES = ["UPDATE ledgers_entry SET words = 'other'", "DELETE FROM ledgers_entry"]


@pytest.mark.parametrize("change", CHANGES)
def test_the_owner_is_refused_by_the_trigger(ledger: type[Entry], change: str) -> None:
    with pytest.raises(IntegrityError, match=r"ledgers_entry is append-only: (UPDATE|DELETE) refused"):
        run(change)
    assert list(ledger.objects.values_list("words", flat=True)) == ["first"]


def test_the_trigger_fires_in_replication_mode_too(ledger: type[Entry]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgenabled FROM pg_trigger WHERE tgrelid = 'ledgers_entry'::regclass")
        assert cursor.fetchone() == ("A",)


@pytest.mark.parametrize("change", [*CHANGES, "TRUNCATE ledgers_entry"])
def test_the_applications_role_is_refused_by_its_rights(ledger: type[Entry], change: str) -> None:
    prepare(ROLE, registry=REGISTRY)
    with as_application(), pytest.raises(ProgrammingError, match="permission denied for table ledgers_entry"):
        run(change)


def test_the_applications_role_may_add_and_read(ledger: type[Entry]) -> None:
    prepare(ROLE, registry=REGISTRY)
    with as_application():
        ledger.objects.create(words="second")
        assert ledger.objects.count() == 2


def test_the_applications_role_may_change_other_tables(person: Any) -> None:
    prepare(ROLE)
    ming = person("ming")
    with as_application():
        ming.display_name = "Ming"
        ming.save()
        ming.delete()


@pytest.mark.parametrize("role", [ROLE, None])
def test_a_foreign_key_may_refer_to_an_append_only_table(ledger: type[Entry], role: str | None) -> None:
    """It locks the row that it refers to, in the name of that table's owner."""
    run("CREATE TABLE ledgers_note (entry bigint REFERENCES ledgers_entry)")
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        (owner,) = cursor.fetchone()
    prepare(role or owner, registry=REGISTRY)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(role or owner)))
        cursor.execute("INSERT INTO ledgers_note SELECT id FROM ledgers_entry")
        assert cursor.rowcount == 1
        cursor.execute("RESET ROLE")


def test_a_model_whose_table_is_yet_to_be_made_is_left_for_the_next_time() -> None:
    assert prepare(ROLE, registry=REGISTRY) == []


def test_rights_given_by_hand_are_taken_back(ledger: type[Entry]) -> None:
    run(f"GRANT UPDATE, DELETE, TRUNCATE ON ledgers_entry TO {ROLE}, PUBLIC")
    prepare(ROLE, registry=REGISTRY)
    with as_application(), pytest.raises(ProgrammingError, match="permission denied"):
        run("DELETE FROM ledgers_entry")


def test_preparing_twice_changes_nothing_more(ledger: type[Entry]) -> None:
    first = prepare(ROLE, registry=REGISTRY)
    assert first == ["ledgers_entry is append-only", "ledgers_entry has 2 storage parameters"]
    assert prepare(ROLE, registry=REGISTRY) == first[:1]


def test_hot_tables_get_their_storage_parameters(ledger: type[Entry]) -> None:
    prepare(ROLE, registry=REGISTRY)
    with connection.cursor() as cursor:
        cursor.execute("SELECT reloptions FROM pg_class WHERE relname = 'ledgers_entry'")
        assert set(cursor.fetchone()[0]) == {"autovacuum_vacuum_scale_factor=0.01", "fillfactor=90"}


def test_a_storage_parameter_is_a_name(ledger: type[Entry], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Entry, "storage_parameters", {"fillfactor = 90); DROP TABLE ledgers_entry; --": 1})
    with pytest.raises(ValueError, match="is no storage parameter"):
        prepare(ROLE, registry=REGISTRY)


def test_a_role_that_does_not_exist_is_named() -> None:
    with pytest.raises(NoSuchRole):
        prepare("nobody_here")
    with pytest.raises(CommandError, match="The role nobody_here does not exist"):
        call_command("prepare_database", "--role", "nobody_here")


def test_the_command_prepares_for_the_role_of_the_settings(settings: Any) -> None:
    settings.GONGDUAN_APP_ROLE = ROLE
    errors = StringIO()
    call_command("prepare_database", stderr=errors, verbosity=2)
    assert errors.getvalue() == ""


def test_the_command_warns_when_rights_cannot_bind_the_role() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        (owner,) = cursor.fetchone()
    errors = StringIO()
    call_command("prepare_database", "--role", owner, stderr=errors)
    assert "Only the triggers guard" in errors.getvalue()
    assert role_may_change_anything(owner)
    assert not role_may_change_anything(ROLE)


def test_the_operation_can_be_undone(ledger: type[Entry]) -> None:
    with connection.schema_editor() as editor:
        AppendOnly("ledgers_entry").database_backwards("ledgers", editor, None, None)
    assert unguarded_tables(connection, ["ledgers_entry"]) == ["ledgers_entry"]
    run(CHANGES[1])
    assert not ledger.objects.exists()


def test_the_operation_changes_no_model_and_says_what_it_does() -> None:
    operation, state = AppendOnly("ledgers_entry"), ProjectState()
    operation.state_forwards("ledgers", state)
    assert state == ProjectState()
    assert operation.describe() == "Make ledgers_entry append-only"


def test_a_table_without_its_trigger_is_found(ledger: type[Entry]) -> None:
    assert unguarded_tables(connection, ["ledgers_entry", "not_there_yet"]) == []
    run("ALTER TABLE ledgers_entry DISABLE TRIGGER refuse_change")
    assert unguarded_tables(connection, ["ledgers_entry", "not_there_yet"]) == ["ledgers_entry"]


def test_every_append_only_model_of_the_house_is_guarded() -> None:
    found = run_checks(tags=["database"], databases=["default"])
    assert [message for message in found if message.id == "contract.E003"] == []
    assert append_only_models(REGISTRY) == [Entry]
