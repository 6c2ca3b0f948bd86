"""Many rows as one array a column: the form that costs the driver and the server least.

The text of a statement is constant whatever the number of rows, so it is planned the same way. The array literals
are built here, because the driver's own adaptation of lists costs twenty times as much; documents travel as one JSON
array, in which nothing needs quoting a second time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import orjson
from django.db import connection

Value = str | int | datetime | dict[str, Any] | list[Any] | None
Row = tuple[Value, ...]


@dataclass(frozen=True)
class Columns:
    """Columns of a table, given as `name type, name type, ...`.

    A `jsonb` column takes one document a row, a `json` column (jsonb too) its text where that was needed anyway, a
    `bytea` column hexadecimal text.
    """

    text: str

    def __add__(self, other: Columns) -> Columns:
        return Columns(f"{self.text}, {other.text}")

    @cached_property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        return tuple((name, kind) for name, kind in (column.split() for column in self.text.split(",")))

    @property
    def names(self) -> str:
        return ", ".join(name for name, _kind in self.pairs)

    @property
    def rows(self) -> str:
        """What stands after FROM, with one parameter a column."""
        sources = ", ".join(_SOURCES.get(kind, f"unnest(%s::{kind}[])") for _name, kind in self.pairs)
        return f"ROWS FROM ({sources}) AS r({self.names})"

    @property
    def values(self) -> str:
        """The same columns as values of the row `r`."""
        return ", ".join(self.value(name) for name, _kind in self.pairs)

    def value(self, name: str) -> str:
        return f"decode(r.{name}, 'hex')" if dict(self.pairs)[name] == "bytea" else f"r.{name}"

    def parameters(self, rows: Sequence[Row]) -> list[str]:
        columns = zip(*rows, strict=True)
        return [_literal(kind, column) for (_name, kind), column in zip(self.pairs, columns, strict=True)]


_DOCUMENTS = "jsonb_array_elements(%s::jsonb)"
_SOURCES = {"jsonb": _DOCUMENTS, "json": _DOCUMENTS, "bytea": "unnest(%s::text[])"}


def write_rows(statement: str, columns: Columns, rows: Sequence[Row]) -> None:
    """Run a statement over the `rows` of these columns; not at all when there are none."""
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(statement, columns.parameters(rows))


def _literal(kind: str, values: Sequence[Value]) -> str:
    """The values of a column as PostgreSQL reads an array, or as a JSON array where they are documents.

    The two forms differ in their brackets and in what a backslash means, so that one text serves for both as long as it
    has none. Raises TypeError for a value that is neither.
    """
    if kind == "json":
        return f"[{','.join(map(str, values))}]"
    text = orjson.dumps(values).decode()
    if kind == "jsonb":
        return text
    if "\\" in text:
        return "{" + ",".join(map(_quoted, values)) + "}"
    return f"{{{text[1:-1]}}}"


def _quoted(value: Value) -> str:
    if value is None:
        return "NULL"
    text = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'
