"""Many rows as one array a column: the form that costs the driver and the server least.

The text of a statement is constant whatever the number of rows, so it is planned the same way. The array literals
are built here, because the driver's own adaptation of lists costs twenty times as much; documents travel as one JSON
array, in which nothing needs quoting a second time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

import orjson
from django.db import connection

Value = str | int | dict[str, Any] | list[Any] | None
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
    if kind == "jsonb":
        return orjson.dumps(values).decode()
    if kind == "json":
        return f"[{','.join(map(str, values))}]"
    quoted = kind in ("text", "bytea")
    try:
        return _plain(cast("Sequence[str]", values), '"' if quoted else "")
    except (TypeError, _Delicate):  # a value is NULL or no text, or would have to be escaped
        one = _quoted if quoted else _bare
        return "{" + ",".join([one(value) for value in values]) + "}"


class _Delicate(Exception):
    """A text that cannot stand in an array as it is."""


def _plain(values: Sequence[str], quote: str) -> str:
    """The literal of texts nothing has to be done to. Raises TypeError or _Delicate for others."""
    text = f"{quote},{quote}".join(values)
    if quote and ("\\" in text or text.count('"') != 2 * (len(values) - 1)):
        raise _Delicate
    return f"{{{quote}{text}{quote}}}"


def _bare(value: Value) -> str:
    return "NULL" if value is None else str(value)


def _quoted(value: Value) -> str:
    if value is None:
        return "NULL"
    text = str(value)
    if "\\" in text or '"' in text:
        text = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'
