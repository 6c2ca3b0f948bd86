"""What the owner of the database does after migrating: the clock, the application's rights, the hot tables."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.apps import apps
from django.apps.registry import Apps
from django.conf import settings
from django.db import connections, transaction
from django.db.backends.utils import CursorWrapper
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

    Runs as the owner of the tables, after ``migrate``. Where the role is the owner itself, or a superuser, the
    triggers alone guard the append-only tables. Raises NoSuchRole.
    """
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        _require_role(cursor, role)
        clock.install(using)
        _grant(cursor, role)
        withdrawn = [_withdraw_change(cursor, role, table_of(model)) for model in append_only_models(registry)]
        stored = [_set_storage(cursor, *each) for each in _wanted_storage(registry)]
    return [*withdrawn, *(line for line in stored if line)]


def role_may_change_anything(role: str, *, using: str = "default") -> bool:
    """Whether rights cannot bind the role, because it owns the tables or is a superuser."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolname = current_user FROM pg_roles WHERE rolname = %s", [role])
        row = cursor.fetchone()
    return bool(row and row[0])


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


def _withdraw_change(cursor: CursorWrapper, role: str, table: str) -> str:
    statement = sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {role}, PUBLIC")
    cursor.execute(statement.format(table=sql.Identifier(table), role=sql.Identifier(role)))
    return f"{table} is append-only"


def _wanted_storage(registry: Apps) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for model in registry.get_models():
        if parameters := getattr(model, "storage_parameters", None):
            yield table_of(model), parameters


def _set_storage(cursor: CursorWrapper, table: str, parameters: Mapping[str, Any]) -> str | None:
    """Set what differs; nothing, and so no lock, when the table has it already."""
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
