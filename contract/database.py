"""What the owner of the database does after migrating: the clock, the application's rights, the hot tables."""

import re
from typing import Final

from django.apps import apps
from django.apps.registry import Apps
from django.conf import settings
from django.db import connections, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Model
from psycopg2 import sql

from contract import clock
from contract.append_only import append_only_models, table_of

DEFAULT_ROLE: Final = "gongduan_app"

_STORAGE_PARAMETER: Final = re.compile(r"(toast\.)?[a-z_]+")


class NoSuchRole(LookupError):
    """The role that the application connects as does not exist in this cluster."""


def application_role() -> str:
    """The role that the application connects as (GONGDUAN_APP_ROLE)."""
    return getattr(settings, "GONGDUAN_APP_ROLE", "") or DEFAULT_ROLE


def prepare(role: str, *, using: str = "default", registry: Apps = apps) -> list[str]:
    """Give the role its rights and no more, in one transaction; may be repeated. Answers what was set.

    Runs as the owner of the tables, after ``migrate``; models without a table are left for the next time.
    Where the role has the owner's rights, the triggers alone guard the append-only tables. Raises NoSuchRole.
    """
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        _require_role(cursor, role)
        clock.install(using)
        _grant(cursor, role)
        present = set(connections[using].introspection.table_names(cursor))
        models = [model for model in registry.get_models() if table_of(model) in present]
        withdrawn = [_withdraw_change(cursor, role, model) for model in append_only_models(registry) if model in models]
        stored = [_set_storage(cursor, model) for model in models if hasattr(model, "storage_parameters")]
    return [*withdrawn, *(line for line in stored if line)]


def role_may_change_anything(role: str, *, using: str = "default") -> bool:
    """Whether rights cannot bind the role, because it has those of the connected owner."""
    with connections[using].cursor() as cursor:
        return _has_owners_rights(cursor, role)


def _has_owners_rights(cursor: CursorWrapper, role: str) -> bool:
    cursor.execute("SELECT pg_has_role(%s, current_user, 'USAGE')", [role])
    return cursor.fetchone()[0]


def _require_role(cursor: CursorWrapper, role: str) -> None:
    cursor.execute("SELECT FROM pg_roles WHERE rolname = %s", [role])
    if cursor.rowcount == 0:
        raise NoSuchRole(role)


def _grant(cursor: CursorWrapper, role: str) -> None:
    cursor.execute("SELECT current_schema()")
    names = {"schema": sql.Identifier(cursor.fetchone()[0]), "role": sql.Identifier(role)}
    for statement in (
        "GRANT USAGE ON SCHEMA {schema} TO {role}",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role}",
        "GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {role}",
    ):
        cursor.execute(sql.SQL(statement).format(**names))


def _withdraw_change(cursor: CursorWrapper, role: str, model: type[Model]) -> str:
    """Not from the owner, in whose name a foreign key locks the row that it refers to: that needs UPDATE."""
    holders = [sql.SQL("PUBLIC")]
    if not _has_owners_rights(cursor, role):
        holders.append(sql.Identifier(role))
    tables = [sql.Identifier(name) for name in (table_of(model), *_parts(cursor, table_of(model)))]
    statement = sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON {tables} FROM {holders}")
    cursor.execute(statement.format(tables=sql.SQL(", ").join(tables), holders=sql.SQL(", ").join(holders)))
    return f"{table_of(model)} is append-only"


def _parts(cursor: CursorWrapper, table: str) -> list[str]:
    """The parts of a partitioned table, each of which has rights of its own; none of any other."""
    cursor.execute(
        "SELECT c.relname FROM pg_partition_tree(to_regclass(quote_ident(%s))) t JOIN pg_class c ON c.oid = t.relid"
        " WHERE t.level > 0 ORDER BY c.relname",
        [table],
    )
    return [name for (name,) in cursor.fetchall()]


def _set_storage(cursor: CursorWrapper, model: type[Model]) -> str | None:
    """Set what differs; nothing, and so no lock, when the table has it already."""
    table, parameters = table_of(model), model.storage_parameters  # type: ignore[attr-defined]
    wanted = {name: str(value) for name, value in parameters.items()}
    if wrong := [name for name in wanted if not _STORAGE_PARAMETER.fullmatch(name)]:
        raise ValueError(f"{table}: {wrong[0]!r} is no storage parameter")
    cursor.execute("SELECT unnest(reloptions) FROM pg_class WHERE oid = to_regclass(quote_ident(%s))", [table])
    present = dict(row[0].split("=", 1) for row in cursor.fetchall())
    if wanted.items() <= present.items():
        return None
    settings_list = sql.SQL(", ").join(
        sql.SQL("{} = {}").format(sql.SQL(name), sql.Literal(value)) for name, value in wanted.items()
    )
    cursor.execute(sql.SQL("ALTER TABLE {} SET ({})").format(sql.Identifier(table), settings_list))
    return f"{table} has {len(wanted)} storage parameters"
