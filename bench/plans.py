"""The plans of the sweep's own statements, taken while it runs: each is explained before it is executed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

EXPLAINED = ("SELECT", "UPDATE", "INSERT", "WITH", "DELETE")


class _Undo(Exception):
    pass


def plans_of(count: int) -> Iterator[tuple[str, list[str]]]:
    """Settle `count` due cases in a transaction that is undone; each statement with the lines of its plan."""
    from django.db import connection, transaction

    from disputes.services.sweeping import sweep_batch

    plans: list[tuple[str, list[str]]] = []

    def explain(execute: Any, statement: str, parameters: Any, many: bool, context: dict[str, Any]) -> Any:
        if statement.lstrip().startswith(EXPLAINED):
            with connection.connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN {statement}", parameters)
                plans.append((" ".join(statement.split()), [line for (line,) in cursor.fetchall()]))
        return execute(statement, parameters, many, context)

    try:
        with transaction.atomic(), connection.execute_wrapper(explain):
            swept = sweep_batch(limit=count)
            if swept.moved != count:
                raise RuntimeError(f"{swept.moved} cases moved instead of {count}")
            raise _Undo
    except _Undo:
        return iter(plans)
