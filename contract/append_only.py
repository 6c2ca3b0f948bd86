"""Tables that only grow: the triggers that refuse every change, for every role.

A model whose rows may never change carries ``append_only = True``, and the migration that creates its
table ends with ``AppendOnly("app_table")``. ``manage.py prepare_database`` then also takes UPDATE, DELETE
and TRUNCATE from the application's role. The table's owner keeps TRUNCATE, which tests need.
"""

from typing import Any, ClassVar, Final

from django.apps import apps
from django.apps.registry import Apps
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation, OperationCategory
from django.db.migrations.state import ProjectState

TRIGGER_NAME: Final = "refuse_change"

CREATE_FUNCTION: Final = """
CREATE FUNCTION contract_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME;
END
$$
"""

DROP_FUNCTION: Final = "DROP FUNCTION contract_refuse_change()"

_UNGUARDED: Final = """
SELECT name FROM unnest(%s::text[]) AS name
WHERE to_regclass(quote_ident(name)) IS NOT NULL AND NOT EXISTS (
    SELECT FROM pg_trigger
    WHERE tgrelid = to_regclass(quote_ident(name)) AND tgname = %s AND tgenabled = 'A'
)
ORDER BY name
"""


class AppendOnly(Operation):
    """Refuse UPDATE and DELETE on a table, by a trigger that fires whatever the role or replication mode.

    A row trigger rather than a statement trigger, so that it also guards the partitions of a table.
    The refusal reaches Python as django.db.IntegrityError (SQLSTATE 23001).
    """

    reversible: ClassVar[bool] = True
    reduces_to_sql: ClassVar[bool] = True
    category: ClassVar[OperationCategory] = OperationCategory.SQL

    def __init__(self, table: str) -> None:
        self.table = table

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """The models are not touched."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        table, trigger = self._quoted(schema_editor)
        schema_editor.execute(
            f"CREATE TRIGGER {trigger} BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION contract_refuse_change()"
        )
        schema_editor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {trigger}")

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        table, trigger = self._quoted(schema_editor)
        schema_editor.execute(f"DROP TRIGGER {trigger} ON {table}")

    def describe(self) -> str:
        return f"Make {self.table} append-only"

    @property
    def migration_name_fragment(self) -> str:
        return f"{self.table}_append_only"

    def _quoted(self, schema_editor: BaseDatabaseSchemaEditor) -> tuple[str, str]:
        return schema_editor.quote_name(self.table), schema_editor.quote_name(TRIGGER_NAME)


def append_only_models(registry: Apps = apps) -> list[type[models.Model]]:
    """Every installed model that says of itself that its rows never change."""
    return [model for model in registry.get_models() if getattr(model, "append_only", False)]


def table_of(model: type[models.Model]) -> str:
    return model._meta.db_table  # noqa: SLF001  (Django documents it)


def unguarded_tables(connection: BaseDatabaseWrapper, tables: list[str]) -> list[str]:
    """Those of the tables that exist without the trigger being in force."""
    with connection.cursor() as cursor:
        cursor.execute(_UNGUARDED, [tables, TRIGGER_NAME])
        return [table for (table,) in cursor.fetchall()]
