"""The freezes a case has to go through, read beside it in the same statement."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

from django.db import connection
from django.db.models import Func, TextField

from rules.engine.types import DeadlineKind
from rules.engine.windows import Window

FREEZES: Final = """(SELECT json_agg(json_build_array(f.id, f.platform, f.pack, f.begins_at,
    coalesce(f.ended_at, f.ends_at), f.automatic, f.parties, f.staff, f.planned_by_id, f.ended_by_id)
    ORDER BY f.begins_at)::text
    FROM disputes_freeze f WHERE NOT f.finished AND f.begins_at <= (SELECT gongduan_clock()))"""
"""Those that began and that some case may not know of yet, as one text; null when there is none, as mostly.

It speaks of no case, so PostgreSQL asks once however many cases are read.
"""

Place = tuple[str, str, Window]


class Freezes(Func):
    """The same, as an annotation of a query set."""

    template = FREEZES
    arity = 0
    output_field = TextField()
    subquery = True


def freezes_now() -> str | None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {FREEZES}")
        (told,) = cursor.fetchone()
    return told if told is None else str(told)


def windows_in(told: str | None, platform: str, pack: str) -> tuple[Window, ...]:
    """The windows that touch the cases of a pack, in order."""
    if told is None:
        return ()
    return tuple([w for where, only, w in _read(told) if where == platform and only in ("", pack)])


def kinds_of(*, automatic: bool, parties: bool, staff: bool) -> tuple[DeadlineKind, ...]:
    """The deadlines that stand still.

    What opens to a party stands still only together with what may happen before it and with what closes: else it could
    open when it is too late. Reminders follow what they remind of.
    """
    wanted = {
        DeadlineKind.AUTO: automatic, DeadlineKind.WINDOW: parties, DeadlineKind.GATE: automatic and parties,
        DeadlineKind.TARGET: staff,
    }  # fmt: skip
    return tuple(kind for kind, stands_still in wanted.items() if stands_still)


@lru_cache(maxsize=8)
def _read(told: str) -> Sequence[Place]:
    return tuple([_place(*row) for row in json.loads(told)])


def _place(
    freeze: int, platform: str, pack: str, begins: str, ends: str, automatic: bool, parties: bool, staff: bool,
    planned_by: int, ended_by: int | None,
) -> Place:  # fmt: skip
    kinds = kinds_of(automatic=automatic, parties=parties, staff=staff)
    return platform, pack, Window(
        freeze=freeze, since=_utc(begins), until=_utc(ends), kinds=kinds, planned_by=planned_by, ended_by=ended_by
    )  # fmt: skip


def _utc(text: Any) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
